import { chmod, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { installPackages } from './debian.ts'
import { Failure } from '../failure.ts'
import { attempt, findProgram, run } from '../machine/program.ts'
import type { Report } from '../report.ts'

/** A Go command that is recent enough, with the environment it must be run in. */
export interface Go {
  readonly command: string
  readonly environment: NodeJS.ProcessEnv
}

const wanted = '1.26.8'
const oldestUsable: readonly [number, number] = [1, 26]

/**
 * A Go that can build the bed: the one on PATH when recent enough; otherwise any older one (Debian's, installed when
 * there is none) fetches a newer toolchain as a module, checked against the checksum database. Looked for once.
 */
export function findGo(environment: NodeJS.ProcessEnv, report: Report): Promise<Go> {
  found ??= lookForGo(environment, report)
  return found
}

/** Whether the answer of `go version` names a Go that can build the bed. */
export function isRecent(version: string): boolean {
  const [, major, minor] = /\bgo(\d+)\.(\d+)/.exec(version) ?? []
  if (major === undefined || minor === undefined) return false
  return Number(major) > oldestUsable[0] || (Number(major) === oldestUsable[0] && Number(minor) >= oldestUsable[1])
}

let found: Promise<Go> | undefined

async function lookForGo(environment: NodeJS.ProcessEnv, report: Report): Promise<Go> {
  const command = (await findProgram('go', environment)) ?? (await debianGo(environment, report))
  const local = { ...environment, GOTOOLCHAIN: 'local' }
  const version = (await run(command, ['version'], { environment: local })).trim()
  if (isRecent(version)) return { command, environment: local }
  report.line(`go: ${command} is ${version.split(' ')[2] ?? version}, fetching ${wanted} as a module`)
  return fetchToolchain(command, environment)
}

async function debianGo(environment: NodeJS.ProcessEnv, report: Report): Promise<string> {
  await installPackages(['golang-go', 'ca-certificates'], report)
  const command = await findProgram('go', environment)
  if (command !== undefined) return command
  throw new Failure('go: expected on PATH after installing golang-go, got nothing; install Go 1.26 or newer')
}

async function fetchToolchain(command: string, environment: NodeJS.ProcessEnv): Promise<Go> {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch
  const module = `golang.org/toolchain@v0.0.1-go${wanted}.linux-${architecture}`
  const { GOFLAGS: _flags, ...plain } = environment
  const answer = await attempt(command, ['mod', 'download', '-json', module], { environment: plain, cwd: '/' })
  const folder = answer.code === 0 ? (JSON.parse(answer.output) as { Dir?: string }).Dir : undefined
  if (folder === undefined) {
    throw new Failure(`go: could not fetch ${module}; install Go 1.26 or newer\n${answer.errors || answer.output}`)
  }
  await setRunBits(folder)
  const toolchain = { ...environment, GOROOT: folder, GOTOOLCHAIN: 'local', PATH: `${folder}/bin:${environment.PATH ?? ''}` }
  return { command: join(folder, 'bin/go'), environment: toolchain }
}

/** The module cache keeps no run bits; the toolchain's own programs need them. */
async function setRunBits(folder: string): Promise<void> {
  const programs = [join(folder, 'bin'), join(folder, 'pkg/tool')]
  for (const root of programs) {
    for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) await chmod(join(entry.parentPath, entry.name), 0o755)
    }
  }
}
