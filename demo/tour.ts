/** The tour itself, run where the cluster can be reached: every version is applied, and the committed health-check bundle is asked about each. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { runBundle, type StepRecord } from '@fairlead/bundle'
import { manifestOf } from './manifest.ts'
import { VERSIONS, type Version } from './versions.ts'
import { View, type Row } from './view.ts'

const ACTION = join(import.meta.dirname, '../actions/health-check')
const { KUBECONFIG: kubeconfig = '' } = process.env

console.log('\nIs it healthy? The same question, asked of seven versions of the sample application by the health-check action:\n')
const view = new View(process.stdout)
const rows = VERSIONS.map(({ name, story }) => view.add(name, story))
const answers = await Promise.all(VERSIONS.map((version, index) => ask(version, rows[index] as Row)))
view.close()

for (const answer of answers) explain(answer)
conclude(answers)

interface Answer {
  readonly version: Version
  readonly row: Row
  readonly record: StepRecord
}

async function ask(version: Version, row: Row): Promise<Answer> {
  const namespace = `fairlead-demo-${version.name}`
  const manifest = await manifestOf(version)
  await kubectl(['delete', 'namespace', namespace, '--ignore-not-found', '--wait'])
  await kubectl(['create', 'namespace', namespace])
  await kubectl(['-n', namespace, 'apply', '-f', '-'], manifest)
  view.change(row, { state: 'applied', started: performance.now() })
  const record = await runBundle({
    action: ACTION,
    inputs: { manifests: 'shop.yaml', namespace, timeout: version.timeout ?? '2m' },
    workspace: { 'shop.yaml': manifest },
    environment: { KUBECONFIG: kubeconfig },
    onLine: (text) => follow(row, text),
  })
  const verdict = record.outputs['verdict'] ?? `fault ${record.outputs['fault'] ?? ''}`
  const causes = (JSON.parse(record.outputs['diagnosis'] ?? '[]') as readonly { readonly cause?: string }[]).map(({ cause }) => cause)
  const good = version.cause === undefined ? verdict === 'Healthy' : record.exitCode === 1 && causes[0] === version.cause
  view.change(row, { state: verdict, ended: performance.now(), good, text: shortly(record.log.at(-1) ?? '') })
  await kubectl(['delete', 'namespace', namespace, '--wait=false'])
  return { version, row, record }
}

/** The sentence without what its row says already: `Degraded after 3s: Pod "...": image ...` becomes `image ...`. */
function shortly(sentence: string): string {
  return sentence.replace(/^\w+ after \S+: (?:\w+ "[^"]*": )?/, '')
}

/** Shows why, as the action's own log does. */
function explain({ version, row, record }: Answer): void {
  const log = record.log.slice(record.log.indexOf('') + 1)
  const cause = log.findIndex((line) => line.startsWith('First cause'))
  console.log(`\n${row.good === true ? '' : 'NOT AS IT MUST BE: '}${version.name}: ${version.story}`)
  for (const line of cause < 0 ? log.slice(-1) : log.slice(cause + 2, -1)) if (line !== '') console.log(`    ${line}`)
}

function conclude(all: readonly Answer[]): void {
  const right = all.filter(({ row }) => row.good === true).length
  console.log(`\n${'version'.padEnd(16)}${'answer'.padEnd(12)}${'cause named'.padEnd(16)}after`)
  for (const { version, row } of all)
    console.log(
      `${version.name.padEnd(16)}${row.state.padEnd(12)}${(version.cause ?? '-').padEnd(16)}${(((row.ended ?? 0) - row.started) / 1_000).toFixed(1)}s`,
    )
  console.log(`\n${right} of ${all.length} answered as they must be`)
  process.exitCode = right === all.length ? 0 : 1
}

/** Takes the progress lines of the Deployment into the view. */
function follow(row: Row, text: string): void {
  const [, state, reason] = /^Deployment "[^"]*": (\w+), (.*)$/.exec(text) ?? []
  if (state !== undefined && reason !== undefined) view.change(row, { state, text: reason })
}

async function kubectl(args: readonly string[], input = ''): Promise<void> {
  const child = spawn('kubectl', args, { stdio: ['pipe', 'ignore', 'pipe'] })
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()))
  child.stdin.end(input)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${complaint.trim()}`)
}
