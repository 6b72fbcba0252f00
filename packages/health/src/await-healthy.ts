import { type Clock, deadlineIn, Fault, formatDuration, isFault } from '@fairlead/base'
import type { Cluster } from '@fairlead/kube'
import { readLogs } from './container-logs.ts'
import { Eyes } from './eyes.ts'
import { worst } from './health.ts'
import { listView } from './list-view.ts'
import type { Ending, HealthReport, TargetHealth } from './report.ts'
import type { Target } from './target.ts'
import type { View } from './view.ts'
import { type Look, Watcher } from './watcher.ts'

export interface AwaitOptions {
  readonly clock: Clock
  /** Milliseconds until the wait gives up; 0 judges once, from lists, without a wait or a stability window. */
  readonly timeout: number
  /** Milliseconds without a restart or a readiness flap before a workload with `minReadySeconds: 0` counts as Healthy; 5 s unless told. */
  readonly stability?: number
  readonly signal?: AbortSignal | undefined
  /** Called with a target whenever its status or its message changes, for a log that grows. It must not throw. */
  readonly onChange?: (target: TargetHealth) => void
}

interface Wait extends AwaitOptions {
  readonly targets: readonly Target[]
  readonly notes: string[]
}

const STABILITY = 5_000

/**
 * Waits until all targets are Healthy and stable, one is certain never to be, or time is up; then reads the logs that explain why. It changes nothing in the cluster.
 *
 * One list and one watch for each kind in each namespace serve all targets. While the API server is out of reach nothing is judged; if it still is when time is
 * up, the answer is the Fault UNAVAILABLE and no word about the targets. Throws CANCELLED when the signal is aborted, and ACCESS_DENIED when anything but
 * Events and logs may not be read. Bad health is never thrown.
 */
export async function awaitHealthy(cluster: Cluster, targets: readonly Target[], options: AwaitOptions): Promise<HealthReport> {
  const { clock, timeout, stability = STABILITY, signal, onChange } = options
  const startedAt = clock.now()
  const notes: string[] = []
  const watcher = new Watcher(targets, { startedAt, stability: timeout === 0 ? 0 : stability, onChange })
  const wait: Wait = { ...options, targets, notes }
  throwIfAborted(signal)
  const ended = timeout === 0 ? await judgeOnce(cluster, watcher, wait) : await watchUntilEnd(cluster, watcher, wait)
  const seconds = (clock.now() - startedAt) / 1_000
  const reported = await readLogs(cluster, watcher.report(clock.now()), { signal, notes })
  return { ended, status: worst(reported.map(({ health }) => health.status)), targets: reported, seconds, notes }
}

async function judgeOnce(cluster: Cluster, watcher: Watcher, { clock, targets, signal, notes }: Wait): Promise<Ending> {
  const view = await listView(cluster, targets, { signal, notes })
  watcher.look(view, clock.now(), true)
  return 'judged-once'
}

async function watchUntilEnd(cluster: Cluster, watcher: Watcher, wait: Wait): Promise<Ending> {
  const { clock, timeout, signal, targets, notes } = wait
  const deadline = deadlineIn(clock, timeout)
  let seeingBy = deadline
  using eyes = new Eyes(cluster, targets, { clock, signal, notes })
  for (;;) {
    throwIfAborted(signal)
    eyes.throwIfFailed()
    const blindFor = eyes.blindFor()
    if (blindFor !== undefined && seeingBy.passed()) throw outOfReach(cluster, timeout, blindFor)
    const look = blindFor === undefined ? lookAt(eyes.view, watcher, { now: clock.now(), isLast: deadline.passed() }) : NO_LOOK
    if (look.ended !== undefined && !eyes.isStale()) return look.ended
    if (look.ended !== undefined) {
      // Nothing is decided on an old picture, not even when time is up: a last list gets a little more.
      eyes.refresh()
      seeingBy = deadlineIn(clock, Math.max(deadline.remaining(), LAST_LIST))
    }
    await eyes.change(Math.min(seeingBy.remaining(), look.reviewAt - clock.now()))
  }
}

/** Milliseconds for a list that must confirm what is about to be said. */
const LAST_LIST = 10_000

/** The last look ends the wait, whatever it shows. */
function lookAt(view: View, watcher: Watcher, { now, isLast }: { readonly now: number; readonly isLast: boolean }): Look {
  const look = watcher.look(view, now, isLast)
  return isLast && look.ended !== 'healthy' ? { ...look, ended: 'deadline' } : look
}

/** While we are blind nothing is judged, and only a change is a reason to try again. */
const NO_LOOK: Look = { reviewAt: Number.POSITIVE_INFINITY }

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return
  if (isFault(signal.reason)) throw signal.reason
  throw new Fault('CANCELLED', 'the wait for health was cancelled', { cause: signal.reason })
}

function outOfReach({ server }: Cluster, timeout: number, blindFor: number): Fault {
  return new Fault(
    'UNAVAILABLE',
    `API server "${server}": out of reach for ${formatDuration(blindFor)} when the time of ${formatDuration(timeout)} was up, expected to see the targets`,
    {
      hint: 'Run it again when the API server answers: nothing is known about the targets.',
    },
  )
}
