import { deadlineIn, formatDuration, milliseconds } from '@fairlead/base'
import { awaitHealthy, firstCause, healthyPods, type AwaitOptions, type HealthReport, type Target, type TargetHealth } from '@fairlead/health'
import { describeReference, referenceTo, type KubeObject } from '@fairlead/kube'
import type { Effects, StepKind, StepResult } from '../execute/effects.ts'
import { workloadName } from '../standing/index.ts'
import type { AwaitStep, AwaitTarget } from '../plan/step.ts'
import { HEALTH_ACCESS, objectAccess } from './access.ts'
import { backendReference } from './backend-reference.ts'
import { deploymentReference } from './deployment.ts'
import { disagreeingImages } from './running-images.ts'
import { generationKey, scaleBackend } from './scaling.ts'

/** Waits for health: all backends at once, the first certain cause ends it. */
export const awaitStep: StepKind<AwaitStep> = {
  describe: ({ targets, beside, timeout }) =>
    `wait up to ${formatDuration(timeout)} until ${namesOf(targets, beside).join(' and ')} ${targets.length + beside.length === 1 ? 'is' : 'are'} healthy`,
  access: ({ beside }) => [...HEALTH_ACCESS, ...beside.flatMap(({ object }) => objectAccess(object, ['list', 'watch']))],
  async execute({ targets, beside, timeout, stability }, effects) {
    const { clock, signal } = effects
    const deadline = deadlineIn(clock, timeout)
    let wanted = targets
    for (;;) {
      const health = await judge(wanted, beside, { effects, options: { clock, signal, timeout: milliseconds(Math.max(1, deadline.remaining())), stability } })
      if (health.status !== 'Healthy') return refused(health)
      const few = tooFew(wanted, health)
      if (few !== undefined) return { ok: false, text: few, health }
      const grown = await grow(wanted, effects)
      if (grown === undefined) return await agree(targets, health, effects)
      wanted = grown
    }
  },
}

interface Judging {
  readonly effects: Effects
  readonly options: AwaitOptions
}

async function judge(targets: readonly AwaitTarget[], beside: AwaitStep['beside'], { effects, options }: Judging): Promise<HealthReport> {
  const others = await Promise.all(beside.map(({ object }) => targetBeside(object, effects)))
  const onChange = ({ reference, health }: Pick<TargetHealth, 'reference' | 'health'>) =>
    effects.say(`${describeReference(reference)}: ${health.status}, ${health.message}`)
  return await awaitHealthy(effects.cluster, [...targets.map((target) => healthTarget(target, effects)), ...others], { ...options, onChange })
}

async function agree(targets: readonly AwaitTarget[], health: HealthReport, effects: Effects): Promise<StepResult> {
  const odd = await disagreeingImages(targets, effects)
  return odd === undefined ? { ok: true, text: `after ${formatDuration(health.seconds * 1_000)}`, health } : { ok: false, text: odd, health }
}

/** What serves was scaled up while the candidate was waited for: the candidate gets as many Pods before it is led users. Undefined when it has enough. */
async function grow(targets: readonly AwaitTarget[], effects: Effects): Promise<readonly AwaitTarget[] | undefined> {
  const { cluster, namespace } = effects
  let isGrown = false
  const grown: AwaitTarget[] = []
  for (const target of targets) {
    const { app, backend, keepsUpWith, replicas } = target
    const serving = keepsUpWith === undefined ? undefined : await cluster.get(deploymentReference(namespace, workloadName(app, keepsUpWith)))
    const asked = (serving?.spec as { readonly replicas?: number } | undefined)?.replicas ?? 0
    if (asked <= replicas) {
      grown.push(target)
      continue
    }
    effects.say(`${nameOf(target)}: what serves was scaled to ${asked} meanwhile, so is this`)
    await scaleBackend(app, backend, { replicas: asked, effects })
    grown.push({ ...target, replicas: asked })
    isGrown = true
  }
  return isGrown ? grown : undefined
}

/** What of a backend is judged: the generation our own write returned, and the Pods it asked for. */
function healthTarget({ app, backend, replicas }: AwaitTarget, effects: Effects): Target {
  const reference = backendReference(app, backend, effects)
  return { reference, floor: replicas, ...effects.generations.get(generationKey(reference.resource.kind, reference.name)) }
}

/** A workload without slots; it may have been scaled to zero on purpose. */
async function targetBeside(object: KubeObject, { cluster, generations }: Effects): Promise<Target> {
  const reference = referenceTo(await cluster.resourceOf(object), object)
  return { reference, allowZero: true, ...generations.get(generationKey(object.kind, object.metadata.name)) }
}

/** Health is judged by what the workload asks for now: somebody may have scaled it down meanwhile, and it would have to carry all users. */
function tooFew(targets: readonly AwaitTarget[], { targets: judged }: HealthReport): string | undefined {
  const short = targets.find(({ replicas }, index) => (judged[index]?.tree.flatMap(healthyPods).length ?? 0) < replicas)
  return short === undefined ? undefined : `${nameOf(short)} has fewer healthy Pods than the ${short.replicas} that are to serve: somebody has scaled it down`
}

function refused(health: HealthReport): StepResult {
  const first = firstCause(health.targets)
  const text = first === undefined ? `is ${health.status}` : (first.diagnosis?.message ?? `${describeReference(first.reference)}: ${first.health.message}`)
  return { ok: false, text, health }
}

function namesOf(targets: readonly AwaitTarget[], beside: AwaitStep['beside']): readonly string[] {
  return [...targets.map(nameOf), ...beside.map(({ object }) => `${object.kind} ${object.metadata.name}`)]
}

function nameOf({ app, backend }: AwaitTarget): string {
  return workloadName(app, backend)
}
