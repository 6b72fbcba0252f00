import { type Clock, deadlineIn, Fault, formatDuration, isFault } from '@fairlead/base'
import type { Cluster } from '@fairlead/kube'
import { readLogs } from './seeing/container-logs.ts'
import { FollowedView } from './seeing/followed-view.ts'
import { worst } from './health.ts'
import { listView } from './seeing/list-view.ts'
import type { Ending, HealthReport, TargetHealth } from './report.ts'
import type { Target } from './target.ts'
import type { View } from './seeing/view.ts'
import { type Look, JudgedTargets } from './judging/judged-targets.ts'

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
  const judged = new JudgedTargets(targets, { startedAt, stability: timeout === 0 ? 0 : stability, onChange })
  const wait: Wait = { ...options, targets, notes }
  throwIfAborted(signal)
  const ended = timeout === 0 ? await judgeOnce(cluster, judged, wait) : await watchUntilEnd(cluster, judged, wait)
  const seconds = (clock.now() - startedAt) / 1_000
  const reported = await readLogs(cluster, judged.report(clock.now()), { clock, signal, notes })
  return { ended, status: worst(reported.map(({ health }) => health.status)), targets: reported, seconds, notes }
}

async function judgeOnce(cluster: Cluster, judged: JudgedTargets, { clock, targets, signal, notes }: Wait): Promise<Ending> {
  const view = await listView(cluster, targets, { signal, notes })
  judged.look(view, clock.now(), true)
  return 'judged-once'
}

async function watchUntilEnd(cluster: Cluster, judged: JudgedTargets, wait: Wait): Promise<Ending> {
  const { clock, timeout, signal, targets, notes } = wait
  const deadline = deadlineIn(clock, timeout)
  let seeingBy = deadline
  let decidedAt: number | undefined
  using followed = new FollowedView(cluster, targets, { clock, signal, notes })
  for (;;) {
    throwIfAborted(signal)
    followed.throwIfFailed()
    const blindFor = followed.blindFor()
    if (blindFor !== undefined && seeingBy.passed()) throw outOfReach(cluster, timeout, blindFor)
    const look = blindFor === undefined ? lookAt(followed.view, judged, { now: clock.now(), isLast: deadline.passed() }) : NO_LOOK
    if (look.ended === undefined && blindFor === undefined) decidedAt = undefined
    if (look.ended !== undefined) {
      decidedAt ??= clock.now()
      if (followed.isSeenSince(decidedAt - FRESH)) return look.ended
      // Nothing is said on an old picture, not even when time is up: a watch that is silent may be dead. A last list gets a little more.
      followed.refresh(decidedAt - FRESH)
      seeingBy = deadlineIn(clock, Math.max(deadline.remaining(), LAST_LIST))
    }
    await followed.change(Math.min(seeingBy.remaining(), look.reviewAt - clock.now()))
  }
}

/** Milliseconds for which a picture that nothing has confirmed may be as old when something is decided on it. */
const FRESH = 1_000

/** Milliseconds for a list that must confirm what is about to be said. */
const LAST_LIST = 10_000

/** The last look ends the wait, whatever it shows. */
function lookAt(view: View, judged: JudgedTargets, { now, isLast }: { readonly now: number; readonly isLast: boolean }): Look {
  const look = judged.look(view, now, isLast)
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
