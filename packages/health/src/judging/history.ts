import type { KubeObject } from '@fairlead/kube'
import { conditionOf } from '../reading/condition.ts'
import { containersOf, type Container, type Exit } from '../reading/container.ts'

/** What was seen of one Pod since we began to look. */
export interface PodMemory {
  /** The Pod as it was last seen. */
  readonly pod: KubeObject
  /** Exits that fell into our time, by container, oldest first. */
  readonly exits: ReadonlyMap<string, readonly Exit[]>
  /** Ids of all exits known, those from before our time included. */
  readonly known: ReadonlySet<string>
  readonly restarts: number
  /** The moment of the last restart or loss of readiness that we saw, in our own time. */
  readonly disturbedAt?: number
}

/** What was seen of all Pods, by uid. */
export type PodHistory = ReadonlyMap<string, PodMemory>

/** Since when each sign of illness has been there, of those that still are, in our own time. */
export type Sightings = ReadonlyMap<string, number>

/** Since when a target has had all it needs, and how often it lost that again. */
export interface Steadiness {
  readonly since?: number
  readonly breaks: number
  /** How many Pods were ready at the last look; absent for what has none. */
  readonly ready?: number
}

/** Nothing has been steady yet. */
export const UNSTEADY: Steadiness = { breaks: 0 }

/** However often it broke, no longer than this is waited for it to hold. */
const LONGEST_WINDOW = 60_000

/**
 * Adds what Pods show now to what is known of them; Pods that are gone are forgotten. `now` is our monotonic time; the cluster's clock is never read.
 * What happened twice between two looks is seen once.
 */
export function rememberPods(history: PodHistory, pods: Iterable<KubeObject>, now: number): PodHistory {
  const next = new Map<string, PodMemory>()
  for (const pod of pods) {
    const uid = pod.metadata.uid
    if (uid !== undefined) next.set(uid, rememberPod(history.get(uid), pod, now))
  }
  return next
}

/** A sign of illness that is there now. */
export interface Sign {
  readonly name: string
  /** Milliseconds for which the cluster's own timestamps prove that it has been there. */
  readonly proven?: number | undefined
}

/** The cluster writes whole seconds, so a difference between two of them may be one too long. */
const GRAIN = 1_000

/**
 * Keeps since when every sign has been there that still is, and forgets those that are gone: should one come back it is new.
 * What had lasted before we first saw it counts; from then on our own clock does.
 */
export function rememberSigns(sightings: Sightings, signs: Iterable<Sign>, now: number): Sightings {
  return new Map([...signs].map(({ name, proven = 0 }) => [name, sightings.get(name) ?? now - Math.max(0, proven - GRAIN)]))
}

/** What bears on how steady a target is, at one look. */
export interface SteadySigns {
  readonly isFull: boolean
  readonly disturbedAt?: number | undefined
  /** How many of its Pods are ready; absent for what has none. */
  readonly ready?: number | undefined
  /** How many are wanted: what is too many now may go. Any number unless told. */
  readonly wanted?: number | undefined
}

/**
 * Says since when a target has been steady: from the first moment it had all it needs, or the last restart or readiness flap after that.
 * That another number is wanted than before, as an autoscaler does it, breaks nothing as long as no ready Pod is lost that is still wanted.
 */
export function rememberSteadiness(before: Steadiness, signs: SteadySigns, now: number): Steadiness {
  const { isFull, disturbedAt = -1, ready } = signs
  const known = ready === undefined ? {} : { ready }
  if (!isFull && before.since !== undefined && isMereScale(before, signs)) return { ...before, ...known }
  if (!isFull) return { breaks: before.since === undefined ? before.breaks : before.breaks + 1, ...known }
  const since = before.since ?? now
  return disturbedAt > since ? { since: disturbedAt, breaks: before.breaks + 1, ...known } : { since, breaks: before.breaks, ...known }
}

function isMereScale({ since = 0, ready: had }: Steadiness, { ready, wanted = Number.POSITIVE_INFINITY, disturbedAt = -1 }: SteadySigns): boolean {
  return ready !== undefined && had !== undefined && ready >= Math.min(had, wanted) && disturbedAt <= since
}

/** How long a target must be steady: the window asked for, doubled with each time it broke, so that no flapping is ever in step with it. */
export function steadyWindow(stability: number, { breaks }: Steadiness): number {
  return Math.min(stability * 2 ** breaks, Math.max(stability, LONGEST_WINDOW))
}

function rememberPod(before: PodMemory | undefined, pod: KubeObject, now: number): PodMemory {
  if (before?.pod === pod) return before
  const containers = containersOf(pod)
  const restarts = containers.reduce((sum, { restarts }) => sum + restarts, 0)
  if (before === undefined) return { pod, ...firstExits(containers), restarts }
  const disturbedAt = restarts > before.restarts || hasFlapped(before.pod, pod) ? now : before.disturbedAt
  return { pod, ...laterExits(before, containers), restarts, ...(disturbedAt === undefined ? {} : { disturbedAt }) }
}

/** So long a container must run for the kubelet to forget that it ended before: exits closer together are one story. */
const ONE_STORY = 600_000

/** At first sight the present life's exit is news; that of an earlier life may be weeks old, unless the cluster's own times tell that it just was. */
function firstExits(containers: readonly Container[]): Pick<PodMemory, 'exits' | 'known'> {
  const exits = new Map(
    containers.flatMap(({ name, exit, lastExit }) => (exit === undefined ? [] : [[name, isOneStory(lastExit, exit) ? [lastExit, exit] : [exit]] as const])),
  )
  const known = new Set(containers.flatMap((container) => exitsOf(container).map((exit) => keyOf(container, exit))))
  return { exits, known }
}

function isOneStory(last: Exit | undefined, exit: Exit): last is Exit {
  return last !== undefined && last.at > 0 && exit.at - last.at < ONE_STORY
}

function laterExits(before: PodMemory, containers: readonly Container[]): Pick<PodMemory, 'exits' | 'known'> {
  const exits = new Map(before.exits)
  const known = new Set(before.known)
  for (const container of containers) {
    for (const exit of exitsOf(container)) {
      if (known.has(keyOf(container, exit))) continue
      known.add(keyOf(container, exit))
      exits.set(container.name, [...(exits.get(container.name) ?? []), exit])
    }
  }
  return { exits, known }
}

function exitsOf({ exit, lastExit }: Container): readonly Exit[] {
  return [lastExit, exit].filter((each) => each !== undefined)
}

function keyOf({ name }: Container, { id }: Exit): string {
  return `${name}/${id}`
}

/** A Pod that was ready and is not, or is ready again since another moment than before. */
function hasFlapped(before: KubeObject, now: KubeObject): boolean {
  const [was, is] = [conditionOf(before, 'Ready'), conditionOf(now, 'Ready')]
  if (was?.status !== 'True') return false
  return is?.status !== 'True' || is.lastTransitionTime !== was.lastTransitionTime
}
