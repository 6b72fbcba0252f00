import { Fault, isFault, type Clock } from '@fairlead/base'
import type { Cluster } from '@fairlead/kube'
import type { LogPlace } from '../diagnosis.ts'
import type { ContainerLog, TargetHealth } from '../report.ts'

/** So many logs explain a failed rollout; more would only be requests. */
const MOST_LOGS = 5
const TAIL = 20

/** Milliseconds for all of them: what has been found out waits for nobody. */
const LOG_TIME = 10_000

interface LogOptions {
  readonly clock: Clock
  readonly signal?: AbortSignal | undefined
  readonly notes: string[]
}

/** Adds to the first few targets the last lines of the container their diagnosis names. A log that cannot be had is a note, never a reason to fail. */
export async function readLogs(cluster: Cluster, targets: readonly TargetHealth[], options: LogOptions): Promise<readonly TargetHealth[]> {
  const explained = targets.filter(({ diagnosis }) => diagnosis?.log !== undefined).slice(0, MOST_LOGS)
  const logs = new Map<TargetHealth, ContainerLog>()
  const [late, done] = [new AbortController(), new AbortController()]
  const alarm = options.clock.sleep(LOG_TIME, done.signal).then(() => late.abort(new Fault('UNAVAILABLE', 'the API server did not answer in time')))
  alarm.catch(() => undefined)
  const signal = options.signal === undefined ? late.signal : AbortSignal.any([options.signal, late.signal])
  for (const target of explained) {
    const log = await readLog(cluster, target, { ...options, signal })
    if (log !== undefined) logs.set(target, log)
  }
  done.abort()
  return targets.map((target) => {
    const log = logs.get(target)
    return log === undefined ? target : { ...target, log }
  })
}

async function readLog(cluster: Cluster, { diagnosis, reference }: TargetHealth, { signal, notes }: LogOptions): Promise<ContainerLog | undefined> {
  const place = diagnosis?.log
  if (place === undefined) return undefined
  try {
    const text = await cluster.logs({ namespace: reference.namespace ?? cluster.namespace, ...place, tailLines: TAIL }, { signal })
    return hasText(text) ? { ...place, text: text.trimEnd() } : undefined
  } catch (error) {
    const note = noteOf(error, place)
    if (note === undefined) throw error
    if (!notes.includes(note)) notes.push(note)
    return undefined
  }
}

/** What a reader is told of a log that could not be had; undefined for what is no answer of the cluster's. */
function noteOf(error: unknown, { container, pod }: LogPlace): string | undefined {
  if (isFault(error, 'ACCESS_DENIED')) return 'Logs may not be read (grant get on pods/log).'
  return isFault(error) && EXPECTED.has(error.code) ? `The log of container "${container}" of Pod "${pod}" could not be read: ${error.message}` : undefined
}

function hasText(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== ''
}

const EXPECTED = new Set(['NOT_FOUND', 'UNAVAILABLE', 'INPUT_INVALID', 'UNSUPPORTED'])
