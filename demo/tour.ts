/** The tour itself, run where the cluster can be reached: every version is applied, and the committed health-check bundle is asked about each. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { runBundle, type StepRecord } from '@fairlead/bundle'
import { manifestOf } from './manifest.ts'
import { VERSIONS, type Version } from './versions.ts'
import { View, type Row } from './view.ts'

const ACTION = join(import.meta.dirname, '../actions/health-check')
const { KUBECONFIG: kubeconfig = '' } = process.env

console.log('\nThe same question, "is it healthy?", asked of seven versions of the sample application:\n')
const view = new View(process.stdout)
const answers = await Promise.all(VERSIONS.map(ask))
view.close()

for (const { version, row, record } of answers) {
  console.log(`\n${row.good === true ? 'as it must be' : 'NOT AS IT MUST BE'}: ${version.name}, ${version.story}`)
  for (const line of record.log
    .slice(record.log.lastIndexOf('') === -1 ? -1 : 0)
    .filter((text) => text !== '')
    .slice(-14))
    console.log(`    ${line}`)
}
const right = answers.filter(({ row }) => row.good === true).length
console.log(`\n${right} of ${answers.length} answered as they must be`)
process.exitCode = right === answers.length ? 0 : 1

interface Answer {
  readonly version: Version
  readonly row: Row
  readonly record: StepRecord
}

async function ask(version: Version): Promise<Answer> {
  const namespace = `fairlead-demo-${version.name}`
  const manifest = await manifestOf(version)
  await kubectl(['delete', 'namespace', namespace, '--ignore-not-found', '--wait'])
  await kubectl(['create', 'namespace', namespace])
  await kubectl(['-n', namespace, 'apply', '-f', '-'], manifest)
  const row = view.add(version.name, version.story)
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
  view.change(row, { state: verdict, ended: performance.now(), good, text: record.log.at(-1) ?? '' })
  await kubectl(['delete', 'namespace', namespace, '--wait=false'])
  return { version, row, record }
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
