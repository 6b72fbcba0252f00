import { basename, dirname } from 'node:path'
import { run } from '../machine/program.ts'

const image = 'golang:1.26'

/** A program to build, and the system it is to run on. */
export interface DockerBuild {
  /** The folder of a go.mod, or a module with its version: `sigs.k8s.io/kind@v0.32.0`. */
  readonly source: string
  /** The path of the program. */
  readonly output: string
  readonly os: 'linux' | 'darwin' | 'windows'
  readonly architecture: string
}

/** Builds a static program with the Go of a container: for machines that have Docker and no Go. */
export async function buildInDocker(build: DockerBuild): Promise<void> {
  await run('docker', dockerArguments(build, process.getuid?.()))
}

/** What docker is told. The program is built as the calling user, so that what lands in the folder is theirs. */
export function dockerArguments({ source, output, os, architecture }: DockerBuild, user: number | undefined): readonly string[] {
  const isModule = source.includes('@')
  const environment = { HOME: '/tmp', GOCACHE: '/tmp/cache', GOPATH: '/tmp/go', CGO_ENABLED: '0', GOOS: os, GOARCH: architecture }
  const target = `/out/${basename(output)}`
  // A cross-compiled `go install` does not say where it puts the program: the one file below bin/ is it.
  const script = isModule ? `go install "$1" && cp "$(find /tmp/go/bin -type f)" "$2"` : `go build -trimpath -o "$2" .`
  const as = user === undefined ? [] : ['--user', String(user)]
  const mounts = isModule ? [] : ['--volume', `${source}:/src:ro`, '--workdir', '/src']
  const variables = Object.entries(environment).flatMap(([name, value]) => ['--env', `${name}=${value}`])
  return ['run', '--rm', ...as, '--volume', `${dirname(output)}:/out`, ...mounts, ...variables, image, 'sh', '-c', script, 'sh', source, target]
}

/** Go's word for this machine's processor. */
export function goArchitecture(architecture: string): string {
  return architecture === 'x64' ? 'amd64' : architecture
}
