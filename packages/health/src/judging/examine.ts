import type { KubeObject } from '@fairlead/kube'
import type { Assessment } from './assessment.ts'
import { findContainerCreate } from '../causes/container-create.ts'
import { findCrash } from '../causes/crash.ts'
import { findEviction, findNodeLost } from '../causes/eviction.ts'
import { findImagePull } from '../causes/image-pull.ts'
import { findInitContainer } from '../causes/init-container.ts'
import { findMissingConfig } from '../causes/missing-config.ts'
import { findOutOfMemory } from '../causes/out-of-memory.ts'
import { findProbe } from '../causes/probe.ts'
import { findAdmission, findQuota } from '../causes/refusal.ts'
import { findUnschedulable } from '../causes/unschedulable.ts'
import { findVolume } from '../causes/volume.ts'
import { type Finding, observedPodOf, type Rule, UNTIL_DEADLINE } from './finding.ts'
import type { PodHistory } from './history.ts'
import type { Surroundings } from '../seeing/surroundings.ts'
import { refusalOf, type TargetPods } from './target-pods.ts'

/** A finding and the object that shows it. */
export interface Located {
  readonly object: KubeObject
  readonly finding: Finding
}

const RULES: readonly Rule[] = [
  findUnschedulable,
  findVolume,
  findImagePull,
  findMissingConfig,
  findContainerCreate,
  findInitContainer,
  findOutOfMemory,
  findProbe,
  findCrash,
]

/** What happened to the Pod as a whole, and explains whatever its containers show. */
const FATES: readonly Rule[] = [findEviction, findNodeLost]

/** Causes a Job's own retries may still mend: only its own conditions make them certain. */
const RETRIED = new Set(['init-container', 'out-of-memory', 'probe', 'crash'])

/** Collects all that is wrong with a target at this moment, in no particular order. Decides neither which comes first nor whether it is certain. */
export function examine(
  object: KubeObject,
  assessment: Assessment,
  { targetPods, around, pods }: { readonly targetPods: TargetPods; readonly around: Surroundings; readonly pods: PodHistory },
): readonly Located[] {
  const refusal = refusalOf(object, targetPods, around)
  const refused = refusal === undefined ? [] : [findQuota(refusal), findAdmission(refusal)].flatMap((finding) => locate(refusal.creator, finding))
  const look = (pod: KubeObject) => examinePod(pod, around, pods)
  const own = targetPods.pods.flatMap(look).map((located) => (object.kind === 'Job' ? withRetries(located) : located))
  return [...refused, ...own, ...targetPods.blocking.flatMap((pod) => stalled(pod, look(pod))), ...locate(object, findOwnWords(object, assessment))]
}

/** Applies every rule to one Pod; what its node did to it explains the rest. */
export function examinePod(pod: KubeObject, around: Surroundings, pods: PodHistory): readonly Located[] {
  const uid = pod.metadata.uid
  const observed = observedPodOf(pod, around.eventsOf(uid), pods.get(uid ?? '')?.exits)
  const apply = (rules: readonly Rule[]) => rules.flatMap((rule) => locate(pod, rule(observed)))
  const fate = apply(FATES)
  return fate.length > 0 ? fate : apply(RULES)
}

function locate(object: KubeObject, finding: Finding | undefined): readonly Located[] {
  return finding === undefined ? [] : [{ object, finding }]
}

function withRetries({ object, finding }: Located): Located {
  return { object, finding: RETRIED.has(finding.cause) ? { ...finding, patience: UNTIL_DEADLINE } : finding }
}

/** An ordered update never passes a Pod that is not ready, not even to replace it: https://github.com/kubernetes/kubernetes/issues/67250 */
function stalled(pod: KubeObject, located: readonly Located[]): readonly Located[] {
  return located.map(({ finding }) => ({
    object: pod,
    finding: {
      ...finding,
      cause: 'stalled-update' as const,
      says: `still runs an earlier revision and blocks the update, because ${finding.says}`,
      hint: `Delete Pod "${pod.metadata.name}": the update goes on with its replacement.`,
    },
  }))
}

/** What the object says of itself, where it says so. */
const NO_REPLICAS = 'Set replicas, or say that scale to zero is meant.'
const NO_NODE = 'Correct its nodeSelector, affinity or tolerations, or label a node so.'

function findOwnWords({ kind }: KubeObject, { status, message, doomed }: Assessment): Finding | undefined {
  if (doomed === 'no-replicas') return { cause: 'no-replicas', says: message, patience: 0, events: [], hint: kind === 'DaemonSet' ? NO_NODE : NO_REPLICAS }
  if (status !== 'Degraded') return undefined
  return {
    cause: 'failed',
    says: message,
    patience: doomed === undefined ? UNTIL_DEADLINE : 0,
    events: [],
    hint: 'Look at the conditions of the object, and correct what they name.',
  }
}
