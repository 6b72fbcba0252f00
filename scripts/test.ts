/** `pnpm test`: everything, from types to a real cluster. Ends with a line that counts it. */
import { spawn, type ChildProcess } from 'node:child_process'
import { glob, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Failure, resolveCluster, streamReport, type Cluster } from '@fairlead/bed'
import { ROOT } from './actions.ts'

interface Count {
  passed: number
  failed: number
}

const total = { passed: 0, failed: 0, skipped: 0 }
const folder = await mkdtemp(join(tmpdir(), 'fairlead-test-'))
const program = (name: string) => join(ROOT, 'node_modules/.bin', name)

await stage('types', () => single(start(program('tsc'), ['-p', '.'])))
await stage('lint', () => single(start(program('oxlint'), [])))
await stage('format', () => single(start(program('oxfmt'), ['--check'])))
await stage('decisions, protocols, contracts and bundles', () => suite('default', start))
await stage('freshness of dist', () => suite('fresh', start))
await stage('on a real cluster', onCluster)

await rm(folder, { recursive: true, force: true })
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped === 0 ? '' : `, ${total.skipped} skipped`}`)
process.exitCode = total.failed === 0 ? 0 : 1

async function stage(name: string, work: () => Promise<Count>): Promise<void> {
  const started = performance.now()
  console.log(`\n=== ${name}`)
  const { passed, failed } = await work().catch((error: unknown): Count => {
    console.error(error instanceof Failure ? error.message : error)
    return { passed: 0, failed: 1 }
  })
  total.passed += passed
  total.failed += failed
  console.log(`=== ${name}: ${failed === 0 ? 'good' : `${failed} failed`} after ${((performance.now() - started) / 1_000).toFixed(0)}s`)
}

async function onCluster(): Promise<Count> {
  const cluster: Cluster = await resolveCluster({ report: streamReport(process.stderr) })
  try {
    if (cluster.kind !== 'bed') total.skipped += await nameBedSuites(cluster.kind)
    return await suite('cluster', (command, args, environment) =>
      cluster.run(command, args, {
        cwd: ROOT,
        stdio: ['ignore', 'inherit', 'inherit'],
        env: { ...process.env, ...environment },
      }),
    )
  } finally {
    await cluster.down()
  }
}

/** Says which suites this kind of cluster cannot run, and counts them: none is left out in silence. */
async function nameBedSuites(kind: string): Promise<number> {
  const files = await Array.fromAsync(glob('{packages,test}/**/*.bed.test.ts', { cwd: ROOT, exclude: (name) => name === 'node_modules' }))
  for (const file of files) console.log(`skipped: ${file} needs the bed (Linux and root), got a cluster of kind "${kind}"`)
  return files.length
}

type Start = (command: string, args: readonly string[], environment?: Readonly<Record<string, string>>) => ChildProcess

function start(command: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): ChildProcess {
  return spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...environment } })
}

/** Runs one of vitest's suites and counts its tests. A suite that ends badly without a failed test has failed all the same. */
async function suite(name: string, begin: Start): Promise<Count> {
  const file = join(folder, `${name}.json`)
  const code = await ended(
    begin(process.execPath, [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`], {
      FAIRLEAD_SUITE: name,
    }),
  )
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return { passed: 0, failed: 1 }
  const { numPassedTests: passed, numTotalTests: all } = JSON.parse(text) as { numPassedTests: number; numTotalTests: number }
  return { passed, failed: Math.max(all - passed, code === 0 ? 0 : 1) }
}

async function single(child: ChildProcess): Promise<Count> {
  return (await ended(child)) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
}
