import { glob, readFile, realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { Fault, type Problem } from './fault.ts'

/** A text file of the user's; `file` is relative to the workspace, with `/` on every system. */
export interface SourceFile {
  readonly file: string
  readonly text: string
}

/** The user's checked-out files. */
export interface Workspace {
  /**
   * Reads the files that paths, folders and globs name, each once and in order.
   * A folder stands for the files in it and below that end in one of `extensions`.
   * Throws INPUT_INVALID naming every pattern that matches nothing, leaves the workspace (through a link, too), is no regular file, or is larger than `limit` bytes.
   */
  read(patterns: readonly string[], options: ReadFilesOptions): Promise<readonly SourceFile[]>
}

export interface ReadFilesOptions {
  readonly extensions: readonly string[]
  /** Bytes a file may have. */
  readonly limit: number
}

/** Opens the folder that relative paths begin in. Nothing outside it is ever read. */
export function openWorkspace(folder: string): Workspace {
  return {
    async read(patterns, options) {
      const root = await realRoot(folder)
      const problems: Problem[] = []
      const files = new Map<string, SourceFile>()
      for (const pattern of patterns) {
        try {
          for (const source of await readPattern(root, belowRoot(pattern, folder, root), options)) files.set(source.file, files.get(source.file) ?? source)
        } catch (error) {
          if (!(error instanceof Fault)) throw error
          problems.push({ message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) })
        }
      }
      if (problems.length > 0) throw new Fault('INPUT_INVALID', problems.map(({ message }) => message).join('; '), { problems })
      return [...files.values()]
    },
  }
}

async function realRoot(folder: string): Promise<string> {
  try {
    return await realpath(folder)
  } catch (cause) {
    throw new Fault('ENVIRONMENT_MISSING', `workspace "${folder}": expected a folder, got none`, { hint: 'Run a checkout step before this one.', cause })
  }
}

async function readPattern(root: string, pattern: string, { extensions, limit }: ReadFilesOptions): Promise<readonly SourceFile[]> {
  const sources: SourceFile[] = []
  for (const path of await expand(root, pattern, extensions)) {
    sources.push({ file: relative(root, path).split(sep).join('/'), text: await readRegular(root, path, limit) })
  }
  return sources
}

/** An absolute path may name the workspace through the link that leads to it. */
function belowRoot(pattern: string, folder: string, root: string): string {
  const given = resolve(folder)
  return isAbsolute(pattern) && !isOutside(given, resolve(pattern)) ? join(root, relative(given, resolve(pattern))) : pattern
}

async function expand(root: string, pattern: string, extensions: readonly string[]): Promise<readonly string[]> {
  const path = resolve(root, pattern)
  if (isOutside(root, path)) throw outside(pattern)
  const found = await stat(path).catch(unlessAbsent)
  if (found?.isFile() === true) return [path]
  const matches = await paths(root, found?.isDirectory() === true ? `${pattern.replace(/\/+$/, '')}/**/*` : pattern)
  const named = found?.isDirectory() === true ? matches.filter((match) => extensions.some((extension) => match.endsWith(extension))) : matches
  if (named.length === 0) {
    const what = found === undefined ? 'matches no file' : `holds no file ending in ${extensions.join(' or ')}`
    throw new Fault('INPUT_INVALID', `"${pattern}" ${what} in the workspace`, { hint: 'Check the path, and that a checkout step ran before this one.' })
  }
  return named
}

function unlessAbsent(error: NodeJS.ErrnoException): undefined {
  // A pattern is no path; anything but its absence must not pass for that.
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR')
    throw new Fault('INPUT_INVALID', `"${error.path ?? ''}" cannot be read: ${error.message}`, { cause: error })
}

async function paths(root: string, pattern: string): Promise<readonly string[]> {
  const found: string[] = []
  const from = isAbsolute(pattern) ? relative(root, pattern) : pattern
  for await (const entry of glob(from, { cwd: root, withFileTypes: true })) {
    if (!entry.isDirectory()) found.push(join(entry.parentPath, entry.name))
  }
  return found.toSorted()
}

async function readRegular(root: string, path: string, limit: number): Promise<string> {
  const real = await realpath(path)
  const shown = relative(root, path)
  if (isOutside(root, real)) throw outside(shown)
  const { size, isFile } = await stat(real).then((found) => ({ size: found.size, isFile: found.isFile() }))
  if (!isFile) throw new Fault('INPUT_INVALID', `"${shown}" is not a regular file`)
  if (size > limit) throw new Fault('INPUT_INVALID', `"${shown}" is too large, expected at most ${limit} bytes, got ${size}`)
  return await readFile(real, 'utf8')
}

function isOutside(root: string, path: string): boolean {
  return path !== root && !path.startsWith(root + sep)
}

function outside(pattern: string): Fault {
  return new Fault('INPUT_INVALID', `"${pattern}" is outside the workspace`, { hint: 'Name files of the checked-out repository.' })
}
