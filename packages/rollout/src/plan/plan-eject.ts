import { milliseconds } from '@fairlead/base'
import { valueAt } from '@fairlead/kube'
import { appLabels, baseSelector, LABELS, sameBackend, SLOTS, slotBackend, type Backend, type SlotName } from '@fairlead/traffic'
import { configReferences, slotName, type ConfigReference } from '../release/index.ts'
import { usersLabels } from '../release/marks.ts'
import { activeOf, describeBackend, podLabels, pointedAt, scaledName, selectorIn, workloadName, type Standing } from '../standing/index.ts'
import { mayBeCopy } from '../steps/own-config.ts'
import { budgetsOver, settleBudgets } from './budgets.ts'
import { ejectRefusals } from './eject-refusals.ts'
import type { RolloutOptions } from './options.ts'
import type { Plan } from './plan.ts'
import { moveStep, type AwaitStep, type AwaitTarget, type CheckStep, type Step } from './step.ts'

type Options = Pick<RolloutOptions, 'timeout' | 'stability' | 'checks' | 'url' | 'settle' | 'soak' | 'drain'>

/** A plan, or why an app cannot leave. A refusal changes nothing. */
export type EjectPlan = Plan & { readonly refused?: string }

/** What the Deployment of the app's own name is called before its ReplicaSet is known. */
const PLAIN: Backend = { type: 'adopted', hash: '' }

/**
 * Decides how apps leave: each to one plain Deployment and Service of its user's own names, one app after the other. Pure, and made from what is seen: after any part of it was carried
 * out, planning again goes on from there, and so does a release or a rollback, since the journal says at each point where users are.
 */
export function planEject(standings: readonly Standing[], options: Options): EjectPlan {
  const title = standings.map(titleOf)
  const refusals = standings.flatMap(ejectRefusals)
  if (refusals.length > 0) return { refused: refusals.join('; '), title, steps: [], notes: [] }
  return { title, steps: standings.flatMap((standing) => ejectSteps(standing, options)), notes: standings.flatMap(notesOf) }
}

function ejectSteps(standing: Standing, options: Options): readonly Step[] {
  const { app, serviceName: service } = standing
  const backend = pointedAt(standing)
  return [
    ...(backend === undefined ? [] : backend.type === 'slot' ? leavingSteps(standing, backend.slot, options) : arrivedSteps(standing, options)),
    ...settleBudgets(standing),
    { type: 'open', app, service },
    { type: 'let-go', app, deployment: app },
    {
      type: 'forget',
      app,
      service,
      slots: slotsOf(standing),
      autoscaler: standing.autoscaler?.metadata.name,
      budgets: budgetNames(standing),
      secrets: knownConfig(standing).some(({ kind }) => kind === 'Secret'),
    },
  ]
}

/** Users are in a slot: what it runs is made anew beside it, proven, and only then led users. */
function leavingSteps(standing: Standing, slot: SlotName, options: Options): readonly Step[] {
  const { app, serviceName: service, plain, slots } = standing
  const { timeout, stability, checks } = options
  const source = slots[slot]
  const replicas = Math.max(1, source?.wanted ?? 1)
  const base = baseSelector(selectorIn(standing.service))
  const copies = copiesIn(source?.object)
  const from = slotBackend(slot)
  const health: AwaitStep = { type: 'await', targets: [{ app, backend: PLAIN, replicas, keepsUpWith: from }], beside: [], timeout, stability }
  const onPods = checks.filter(({ on }) => on === 'pods')
  const asked: CheckStep | undefined = onPods.length === 0 ? undefined : { type: 'check', health, checks: onPods }
  return [
    { type: 'leave', app, selector: base, uid: plain?.uid, replicas },
    ...(copies.length === 0 ? [] : [{ type: 'restore-config' as const, app, slot, copies }]),
    { type: 'restore-plain', app, slot, selector: ownSelector(standing, slot), replicas, isNew: plain === undefined, copies },
    { type: 'hold', app, deployment: app, timeout },
    health,
    ...(asked === undefined ? [] : [asked]),
    moveStep({ app, service, from, to: PLAIN, atLeast: replicas, base, called: `Deployment ${app}` }, { health, checks: asked }),
    { type: 'prove', app, service, backend: PLAIN, atLeast: replicas },
    { type: 'arrive', app, backend: PLAIN, from },
    ...handOverSteps(standing, from),
    ...watchSteps(standing, replicas, options),
    clearStep(standing, options),
  ]
}

/** Users are on the plain Deployment already: an earlier run has moved them, or a rollback to what was there before. */
function arrivedSteps(standing: Standing, options: Options): readonly Step[] {
  const { app, serviceName: service, plain } = standing
  const { active } = standing.kept.journal
  const replicas = Math.max(1, plain?.wanted ?? 1)
  const isRetired = inhabitedSlots(standing).length === 0
  const hold: Step = { type: 'hold', app, deployment: app, timeout: options.timeout }
  const prove: Step = { type: 'prove', app, service, backend: PLAIN, atLeast: replicas }
  const arrive: readonly Step[] = active?.backend.type === 'slot' ? [{ type: 'arrive', app, backend: PLAIN, from: active.backend }] : []
  const from = active?.backend.type === 'slot' ? active.backend : standing.kept.journal.previous?.backend
  const watching = isRetired ? [] : [...watchSteps(standing, replicas, options), clearStep(standing, options)]
  return [hold, prove, ...arrive, ...handOverSteps(standing, from), ...watching]
}

function watchSteps({ app, serviceName: service }: Standing, replicas: number, { settle, soak, checks, url }: Options): readonly Step[] {
  const targets = [{ app, backend: PLAIN, replicas, service }]
  return [
    ...(settle === 0 ? [] : [{ type: 'settle' as const, duration: settle }]),
    { type: 'soak', duration: soak, targets, checks: checks.filter(({ on }) => on !== 'pods'), url },
  ]
}

function clearStep(standing: Standing, { drain }: Options): Step {
  return { type: 'clear', app: standing.app, slots: slotsOf(standing), drain }
}

function handOverSteps({ app, autoscaler }: Standing, from: Backend | undefined): readonly Step[] {
  if (autoscaler === undefined || scaledName(autoscaler) === app) return []
  return [{ type: 'hand-over', app, autoscaler: autoscaler.metadata.name, from, to: PLAIN }]
}

/**
 * Takes apps back into the slots they were about to leave, after something was refused: as long as the slot has its Pods. Where it has none any more, nothing is undone by itself.
 */
export function planStay(standings: readonly Standing[], { rollbackTimeout }: Pick<RolloutOptions, 'rollbackTimeout'>): Plan {
  return { title: standings.map(titleOf), notes: [], steps: standings.flatMap((standing) => stayingSteps(standing, rollbackTimeout)) }
}

function stayingSteps(standing: Standing, timeout: RolloutOptions['rollbackTimeout']): readonly Step[] {
  const { app, kept } = standing
  if (!isPlainInhabited(standing)) return []
  const retire: Step = { type: 'retire', app, backend: PLAIN, drain: milliseconds(0), standby: { type: 'cold' }, cleanup: false }
  const backend = pointedAt(standing)
  if (backend?.type === 'slot') return sameBackend(backend, kept.journal.active?.backend) ? [retire] : []
  const target = backend === undefined ? undefined : leftSlot(standing)
  return target === undefined ? [] : [...backSteps(standing, target, timeout), retire]
}

/** The Deployment that was made to leave with is there, and asks for Pods. */
function isPlainInhabited({ plain, kept }: Standing): boolean {
  return plain !== undefined && plain.wanted > 0 && kept.journal.adoption?.uid === plain.uid
}

/** The slot that served before, while it has its Pods. */
function leftSlot({ app, slots, kept: { journal } }: Standing): AwaitTarget | undefined {
  const backend = [journal.active?.backend, journal.previous?.backend].find((each) => each?.type === 'slot')
  const wanted = backend?.type === 'slot' ? (slots[backend.slot]?.wanted ?? 0) : 0
  return backend === undefined || wanted === 0 ? undefined : { app, backend, replicas: wanted }
}

function backSteps(standing: Standing, target: AwaitTarget, timeout: RolloutOptions['rollbackTimeout']): readonly Step[] {
  const { app, serviceName: service, autoscaler } = standing
  const { backend, replicas } = target
  const health: AwaitStep = { type: 'await', targets: [target], beside: [], timeout, stability: milliseconds(0) }
  const base = appLabels(baseSelector(selectorIn(standing.service)), app, backend)
  const back =
    autoscaler === undefined || scaledName(autoscaler) !== app
      ? []
      : [{ type: 'hand-over' as const, app, autoscaler: autoscaler.metadata.name, from: PLAIN, to: backend }]
  return [
    health,
    moveStep({ app, service, from: PLAIN, to: backend, atLeast: replicas, base }, { health, checks: undefined }),
    { type: 'prove', app, service, backend, atLeast: replicas },
    { type: 'arrive', app, backend, from: PLAIN },
    ...back,
  ]
}

/** What the Pods are known by: what the user wrote into the slot's selector, or into the Service's. */
function ownSelector({ slots, service }: Standing, slot: SlotName): Readonly<Record<string, string>> {
  const own = usersLabels((valueAt(slots[slot]?.object, ['spec', 'selector', 'matchLabels']) ?? {}) as Readonly<Record<string, string>>)
  return Object.keys(own).length > 0 ? own : baseSelector(selectorIn(service))
}

function slotsOf({ app, slots }: Standing): readonly SlotName[] {
  return SLOTS.filter((slot) => slots[slot]?.object.metadata.labels?.[LABELS.app] === app)
}

/** Slots that ask for Pods, or still have some. */
function inhabitedSlots(standing: Standing): readonly SlotName[] {
  return slotsOf(standing).filter(
    (slot) =>
      (standing.slots[slot]?.wanted ?? 0) > 0 ||
      standing.pods.some(({ metadata: { labels } }) => labels?.[LABELS.app] === standing.app && labels[LABELS.slot] === slot),
  )
}

/** The user's own PodDisruptionBudgets that cover the app: a rollout has written to them. */
function budgetNames(standing: Standing): readonly string[] {
  const workload = activeOf(standing)?.workload ?? standing.plain
  return workload === undefined ? [] : budgetsOver(standing, [podLabels(workload)]).map(({ name }) => name)
}

function copiesIn(deployment: unknown): readonly ConfigReference[] {
  return configReferences(valueAt(deployment, ['spec', 'template'])).filter(mayBeCopy)
}

/** Every copy of configuration that is known of: in the templates there are, and in the journal. */
function knownConfig({ slots, plain, kept: { journal } }: Standing): readonly ConfigReference[] {
  const releases = [journal.active?.release, journal.previous?.release, ...(journal.history ?? []).map(({ release }) => release)]
  return [...[slots.blue, slots.green, plain].flatMap((workload) => copiesIn(workload?.object)), ...releases.flatMap((release) => release?.config ?? [])]
}

function titleOf(standing: Standing): string {
  const { namespace, app, kept } = standing
  const { active } = kept.journal
  const serving = activeOf(standing)?.backend ?? active?.backend
  const where = serving?.type === 'adopted' ? `Deployment ${app}` : describeBackend(serving)
  return `${namespace}/${app} - ${active === undefined ? 'no release yet' : `${where} is active (release ${active.release.number})`}`
}

/** What will be gone: said before anything is. */
function notesOf(standing: Standing): readonly string[] {
  const { namespace, app, serviceName, kept } = standing
  const { active, previous, history = [], pin } = kept.journal
  const before = [...new Set([...(previous === undefined ? [] : [previous.release.number]), ...history.map(({ release }) => release.number)])].filter(
    (number) => number !== active?.release.number,
  )
  const slots = slotsOf(standing).map((slot) => slotName(app, slot))
  return [
    `What stays of ${namespace}/${app} is Deployment ${workloadName(app, PLAIN)} and Service ${serviceName}, with what release ${active?.release.number ?? 0} runs.`,
    `What is gone afterwards: ${[...slots, 'the records, the journal and the lock', ...(pin === undefined ? [] : [`the pin on release ${pin.release}`])].join(', ')}${before.length === 0 ? '' : `, and with them every way back (to release ${before.toSorted((one, other) => other - one).join(', ')})`}.`,
  ]
}
