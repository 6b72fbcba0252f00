import { readdir } from 'node:fs/promises'
import { performance } from 'node:perf_hooks'
import { Failure } from '../failure.ts'
import { attempt, lastLines } from '../machine/program.ts'
import { stopwatch, type Report } from '../report.ts'
import type { Go } from './toolchain.ts'

/** One static program to build from a Go module in this repository. */
export interface Build {
  /** What is built, as a person calls it. */
  readonly title: string
  /** The folder of its module. */
  readonly module: string
  /** Where the program goes. */
  readonly output: string
  /** Text stamped into string variables, by their full name. */
  readonly stamps?: Readonly<Record<string, string>>
}

const secondsBetweenLines = 5

/** Builds a static program, saying every few seconds what is compiled. Downloads modules through Go's own settings. */
export async function build(go: Go, what: Build, report: Report): Promise<void> {
  const elapsed = stopwatch()
  let packages = 0
  let said = performance.now()
  const onErrorLine = (line: string) => {
    packages += 1
    if (performance.now() - said < secondsBetweenLines * 1000) return
    said = performance.now()
    report.progress(`building ${what.title}: ${elapsed()}, ${packages} packages, now ${line}`)
  }
  const finished = await attempt(go.command, buildArguments(what), {
    cwd: what.module,
    environment: { ...go.environment, CGO_ENABLED: '0', GOFLAGS: '', GOOS: 'linux' },
    onErrorLine,
  })
  if (finished.code !== 0) throw new Failure(`go build of ${what.title} in ${what.module} failed\n${lastLines(finished.errors.trim(), 20)}`)
  report.line(`built ${what.title}  ${elapsed()}`)
}

/** The files of a module by which its program's place in the cache is known: sums, settings and sources, in order. */
export async function moduleFiles(module: string): Promise<readonly string[]> {
  const names = await readdir(module)
  const sources = names.filter((name) => /^go\.(mod|sum)$|\.go$/.test(name) && !name.endsWith('_test.go'))
  return sources.toSorted().map((name) => `${module}/${name}`)
}

function buildArguments(what: Build): readonly string[] {
  const stamps = Object.entries(what.stamps ?? {}).map(([variable, value]) => `-X ${variable}=${value}`)
  return ['build', '-v', '-trimpath', '-buildvcs=false', '-ldflags', ['-s -w', ...stamps].join(' '), '-o', what.output, '.']
}
