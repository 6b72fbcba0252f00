import { Fault } from '@fairlead/base'
import { realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'

/** What a path leads to. */
export type SourceKind = 'folder' | 'file'

/** The user's checked-out files, as a program that is started there names them. */
export interface SourceFolder {
  /** The folder itself, links followed. */
  readonly root: string
  /**
   * Writes a path as an argument that begins with a dot, hence is no option of a program, for what is there and of one of these kinds.
   * Throws INPUT_INVALID where there is no such thing, or where it is outside the workspace, through a link too.
   */
  argument(path: string, kinds: readonly SourceKind[]): Promise<string>
  /** Tells whether there is anything inside the workspace, links not followed. */
  has(path: string): Promise<boolean>
}

/** Opens the folder that the user's relative paths begin in. */
export async function openSourceFolder(workspace: string): Promise<SourceFolder> {
  const root = await realpath(workspace).catch((cause: unknown) => {
    throw new Fault('ENVIRONMENT_MISSING', `workspace "${workspace}": expected a folder, got none`, { hint: 'Run a checkout step before this one.', cause })
  })
  const given = resolve(workspace)
  /** An absolute path may name the workspace through the link that leads to it. */
  const placed = (path: string) => (isAbsolute(path) && isInside(given, resolve(path)) ? join(root, relative(given, resolve(path))) : resolve(root, path))
  return {
    root,
    argument: async (path, kinds) => argumentOf({ path, kinds, root, place: placed(path) }),
    has: async (path) => isInside(root, placed(path)) && (await kindOf(placed(path))) !== 'nothing',
  }
}

interface Wanted {
  readonly path: string
  readonly kinds: readonly SourceKind[]
  readonly root: string
  readonly place: string
}

async function argumentOf({ path, kinds, root, place }: Wanted): Promise<string> {
  if (!isInside(root, place)) throw outside(path)
  const kind = await kindOf(place)
  if (kind === 'nothing' || kind === 'something else' || !kinds.includes(kind)) {
    throw new Fault(
      'INPUT_INVALID',
      `"${path}" cannot be rendered, expected a ${kinds.join(' or ')} in the workspace, got ${kind === 'file' || kind === 'folder' ? 'a ' : ''}${kind}`,
      {
        hint: 'Check the path, and that a checkout step ran before this one.',
      },
    )
  }
  if (!isInside(root, await realpath(place))) throw outside(path)
  const inside = relative(root, place).split(sep).join('/')
  return inside === '' ? '.' : `./${inside}`
}

async function kindOf(place: string): Promise<SourceKind | 'nothing' | 'something else'> {
  // A link that leads nowhere is nothing too; what may not be looked at is not there for the program either.
  const found = await stat(place).catch(() => undefined)
  if (found === undefined) return 'nothing'
  if (found.isDirectory()) return 'folder'
  return found.isFile() ? 'file' : 'something else'
}

function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep)
}

function outside(path: string): Fault {
  return new Fault('INPUT_INVALID', `"${path}" is outside the workspace, expected a path in it`, { hint: 'Name files of the checked-out repository.' })
}
