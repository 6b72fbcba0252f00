import { createInterface } from 'node:readline'
import { Failure, type Cluster } from '@fairlead/bed'
import type { Client } from './client.ts'
import { runPod } from './pod.ts'
import { runProcess } from './process.ts'
import { obtainLoad } from './program.ts'
import { readLine, shapes as everyShape, type LoadEnd, type LoadRecord, type Shape } from './record.ts'
import { reportOf, type LoadReport } from './report.ts'

/** What to ask, and how often. */
export interface LoadOptions {
  /** `http://host:port` as the client reaches it: a Service's or Pod's address. */
  readonly url: string
  /** Requests per second of each shape, and lines per second of streams. */
  readonly rate: number
  /** All four by default. */
  readonly shapes?: readonly Shape[]
  /** Milliseconds a slow request takes; 1000 by default. */
  readonly slow?: number
  /** Milliseconds after which a request is lost; 10 000 by default. */
  readonly timeout?: number
  /** Bound on requests and lines in all: what ends a client nobody stops. */
  readonly most: number
  /** Where the client runs: beside the cluster's own processes (on the bed), or as a Pod, the only way on any other cluster. */
  readonly as?: 'process' | 'pod'
  /** Of the Pod; `default` by default. */
  readonly namespace?: string
  /** Called with each record as it arrives, at most about 100 ms after the request was over. */
  readonly onRecord?: (record: LoadRecord) => void
}

/** Load that is being made. */
export interface Load {
  /** What became of requests so far; grows. */
  readonly records: readonly LoadRecord[]
  /**
   * Begins no more requests, waits for those in flight and reports. Rejects when the client ended badly or a record is
   * missing: a report never leaves out what happened. Asked again, it gives the same report.
   */
  stop(): Promise<LoadReport>
}

/** Starts the load client and resolves once it runs. The caller must stop it. */
export async function startLoad(cluster: Cluster, options: LoadOptions): Promise<Load> {
  const client = await run(cluster, options)
  const written = follow(client, options.onRecord)
  try {
    await written.started
  } catch (error) {
    await client.stop()
    throw error
  }
  let report: Promise<LoadReport> | undefined
  const stop = async () => {
    await client.stop()
    return reportOf(written.records, await written.end)
  }
  return { records: written.records, stop: () => (report ??= stop()) }
}

async function run(cluster: Cluster, options: LoadOptions): Promise<Client> {
  const { as = cluster.kind === 'bed' ? 'process' : 'pod', namespace = 'default', timeout = 10_000 } = options
  const program = await obtainLoad(process.env)
  const args = argumentsOf(options)
  if (as === 'process') return runProcess(cluster, program, args)
  return runPod(cluster, { program, args, namespace, graceSeconds: Math.ceil(timeout / 1000) + 5 })
}

function argumentsOf({ url, rate, shapes = everyShape, slow = 1000, timeout = 10_000, most }: LoadOptions): readonly string[] {
  return ['-url', url, '-rate', `${rate}`, '-shapes', shapes.join(','), '-slow', `${slow}ms`, '-timeout', `${timeout}ms`, '-most', `${most}`]
}

interface Written {
  readonly records: readonly LoadRecord[]
  readonly started: Promise<void>
  readonly end: Promise<LoadEnd>
}

/** Reads what the client writes. A client that ends without its last line, or after losing some, has not measured. */
function follow(client: Client, onRecord: LoadOptions['onRecord']): Written {
  const records: LoadRecord[] = []
  const started = Promise.withResolvers<void>()
  let last: LoadEnd | undefined
  const lines = createInterface({ input: client.output })
  const closed = new Promise<void>((resolve) => lines.once('close', resolve))
  let unreadable: string | undefined
  lines.on('line', (text) => {
    const line = readLine(text)
    if (line === undefined) return void (unreadable ??= text)
    if (line.kind === 'started') return started.resolve()
    if (line.kind === 'end') return void (last = line.end)
    records.push(line.record)
    onRecord?.(line.record)
  })
  const end = Promise.all([client.ended, closed]).then(() => {
    if (unreadable !== undefined) throw new Failure(`load client: expected records only, got "${unreadable}"`)
    if (last?.sent === records.length) return last
    throw new Failure(`load client: expected ${last?.sent ?? 'a last line and all'} records, got ${records.length}`)
  })
  end.catch(started.reject)
  return { records, started: started.promise, end }
}
