import { constants } from 'node:os'
import { parseRequest, usage, type Request } from './arguments.ts'
import { bedStatus } from './lifecycle/bed.ts'
import { Failure } from './failure.ts'
import { readRecord } from './cluster/record.ts'
import { stopwatch, streamReport } from './report.ts'
import { clusterName, currentCluster, resolveCluster, takeDown } from './cluster/resolve.ts'
import { statusTable } from './table.ts'

const report = streamReport(process.stderr)

try {
  process.exitCode = await perform(parseRequest(process.argv.slice(2)))
} catch (error) {
  if (!(error instanceof Failure)) throw error
  report.line(`bed: ${error.message}`)
  process.exitCode = 1
}

function perform(request: Request): Promise<number> {
  switch (request.verb) {
    case 'up':
      return up(request)
    case 'down':
      return down(clusterName(request.name, process.env))
    case 'status':
      return status(clusterName(request.name, process.env))
    case 'exec':
      return exec(clusterName(request.name, process.env), request.command, request.args)
    case 'help':
      process.stdout.write(usage)
      return Promise.resolve(0)
  }
}

async function up({ verb: _verb, ...options }: Extract<Request, { verb: 'up' }>): Promise<number> {
  const elapsed = stopwatch()
  const cluster = await resolveCluster({ ...options, yes: options.yes || process.env.FAIRLEAD_YES === '1', dieWith: options.dieWith ?? 'nobody', report })
  report.line(`${cluster.kind} "${cluster.name}" is up  ${elapsed()}`)
  return 0
}

async function down(name: string): Promise<number> {
  const elapsed = stopwatch()
  const record = await readRecord(process.env, name)
  if (record === undefined) {
    report.line(`cluster "${name}" is not up`)
    return 0
  }
  await takeDown(record)
  report.line(`${record.kind} "${name}" is down  ${elapsed()}`)
  return 0
}

async function status(name: string): Promise<number> {
  const record = await readRecord(process.env, name)
  if (record === undefined) {
    process.stdout.write(`cluster "${name}" is not up\n`)
    return 1
  }
  if (record.kind !== 'bed') {
    const cluster = await currentCluster(name, process.env)
    process.stdout.write(`${record.kind} "${name}", ${cluster.kubeconfig}\n`)
    return exec(name, 'kubectl', ['get', '--raw', '/readyz'])
  }
  const now = await bedStatus(record)
  process.stdout.write(await statusTable(record, now))
  return now.state === 'ready' ? 0 : 1
}

/** Signals that would end this process go to the command instead, which decides by its own end. */
async function exec(name: string, command: string, args: readonly string[]): Promise<number> {
  const cluster = await currentCluster(name, process.env)
  const child = cluster.run(command, args, { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
  const crash = watchForCrash(name)
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Failure(`${command}: could not be started: ${error.message}`)))
    child.once('exit', (code, signal) => void crash.stop().then((crashed) => resolve((code ?? 128 + signalNumber(signal)) || Number(crashed))))
  })
}

/** Tells at once when a part of the cluster dies under a running command, which may itself only see silence. */
function watchForCrash(name: string): { readonly stop: () => Promise<boolean> } {
  let crashed = false
  const look = async () => {
    if (crashed) return true
    await currentCluster(name, process.env).catch((error: Error) => {
      crashed = true
      report.line(`bed: ${error.message}`)
    })
    return crashed
  }
  const timer = setInterval(() => void look(), 1000)
  return { stop: () => (clearInterval(timer), look()) }
}

function signalNumber(signal: NodeJS.Signals | null): number {
  return signal === null ? 0 : constants.signals[signal]
}
