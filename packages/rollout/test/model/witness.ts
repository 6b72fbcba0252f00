import { sameJson, valueAt, type KubeObject } from '@fairlead/kube'
import { LABELS } from '@fairlead/traffic'
import { isHealthyPod, servedPods, slotOf } from '../execute/traffic.ts'
import type { Stage } from '../stage.ts'
import { holderIn } from './rest.ts'
import type { Actor } from './actor.ts'
import type { Written } from './actor-cluster.ts'

/** What must hold after every write of anybody. */
export type Invariant =
  | 'one owner'
  | 'a living holder keeps its lock'
  | 'enough Pods of one slot'
  | 'only proven slots'
  | 'the user’s own template'
  | 'released in the end'
  | 'at rest in the end'
  | 'a rerun converges'

/** An invariant that did not hold, and how that was seen. */
export interface Violation {
  readonly invariant: Invariant
  readonly what: string
}

/** What whoever overtakes a run fences off: pointers, slot Deployments, journals, locks. */
const GUARDED = ['Service', 'Deployment', 'ConfigMap', 'Lease']
const SLOT_NAME = /^(.+)-(?:blue|green)$/

/** Watches one stage through the eyes of nobody who acts on it. */
export class Witness {
  readonly violations: Violation[] = []
  readonly #stage: Stage
  readonly #least: number
  readonly #served = new Map<string, string>()
  readonly #proven = new Set<string>()
  readonly #tokens = new Map<Actor, Map<string, number>>()
  readonly #highest = new Map<string, { readonly token: number; readonly by: Actor }>()
  readonly #waiting = new Map<Actor, string>()
  readonly #actors: Actor[] = []

  constructor(stage: Stage, least = 2) {
    this.#stage = stage
    this.#least = least
    const objects = stage.cluster.objects()
    for (const service of servicesIn(objects)) {
      const pods = servedPods(objects, service)
      for (const pod of pods) this.#proven.add(slotOf(pod))
      const [first] = pods
      if (first !== undefined) this.#served.set(service, slotOf(first))
    }
  }

  meet(actor: Actor): void {
    this.#actors.push(actor)
  }

  /** What an actor says of its plan: a wait that came out well proves what it names. */
  heard(actor: Actor, line: string): void {
    const begun = /^ *\d+ {2}(.*)$/.exec(line)?.[1]
    if (begun !== undefined) this.#waiting.set(actor, begun)
    const waiting = this.#waiting.get(actor) ?? ''
    if (line.includes('done in') && waiting.startsWith('wait up to')) for (const [slot] of waiting.matchAll(/[a-z]+-(?:blue|green)/g)) this.#proven.add(slot)
  }

  wrote(actor: Actor, written: Written): void {
    const { before, after, kind, name } = written
    if (before?.metadata.resourceVersion !== after?.metadata.resourceVersion) {
      if (GUARDED.includes(kind) && !isBesideThePointer(written)) this.#judgeOwner(actor, written)
      if (kind === 'Deployment') this.#judgeTemplate(name, before, after)
    }
    this.look()
  }

  look(): void {
    const objects = this.#stage.cluster.objects()
    for (const service of servicesIn(objects)) this.#lookAt(objects, service)
    for (const service of this.#served.keys())
      if (this.#stage.find('Service', service) === undefined) this.note('enough Pods of one slot', `Service ${service} is gone under its users`)
  }

  /** Knows which runs are over, as the service that started them does; of one that stands still it cannot be told. */
  async isOver(holder: string): Promise<boolean | undefined> {
    const actor = this.#actors.find((each) => each.holder === holder)
    return actor !== undefined && (actor.isEnded || actor.life.state === 'dead') ? true : undefined
  }

  /** Who has written last of those that were allowed to. */
  owner(app = 'web'): Actor | undefined {
    return this.#highest.get(app)?.by
  }

  /** It has held the lock at some time. */
  hasHeld(actor: Actor, app: string): boolean {
    return this.#tokens.get(actor)?.has(app) === true
  }

  note(invariant: Invariant, what: string): void {
    if (!this.violations.some((each) => each.invariant === invariant && each.what === what)) this.violations.push({ invariant, what })
  }

  #judgeOwner(actor: Actor, { kind, name, verb, before, after }: Written): void {
    const app = appOf(kind, name)
    if (app === undefined) return
    if (kind === 'Lease') this.#judgeLease(actor, app, { before, after })
    const token = this.#tokens.get(actor)?.get(app) ?? 0
    const highest = this.#highest.get(app)
    if (highest === undefined || token >= highest.token) {
      this.#highest.set(app, { token, by: actor })
      return
    }
    if (isHollow(kind, verb, before ?? after)) return
    const what = `${actor.name} wrote ${kind} ${name} (${verb}) under token ${token}, after ${highest.by.name} under ${highest.token}`
    this.note('one owner', what)
  }

  #judgeLease(actor: Actor, app: string, { before, after }: Pick<Written, 'before' | 'after'>): void {
    const [was, is] = [leaseOf(before), leaseOf(after)]
    if (is.token === was.token) return
    if (is.holder === actor.holder) this.#tokens.set(actor, new Map([...(this.#tokens.get(actor) ?? []), [app, is.token]]))
    if (was.holder === '' || was.holder === actor.holder) return
    const robbed = this.#actors.find(({ holder }) => holder === was.holder)
    if (robbed?.isLiving === true && actor.purpose !== 'rollback')
      this.note('a living holder keeps its lock', `${actor.name} took the lock of ${app} from ${robbed.name}`)
  }

  #judgeTemplate(name: string, before: KubeObject | undefined, after: KubeObject | undefined): void {
    const isSame = sameJson(valueAt(before, ['spec', 'template']) ?? null, valueAt(after, ['spec', 'template']) ?? null)
    if (SLOT_NAME.test(name)) {
      const isRaised = valueAt(before, ['spec', 'replicas']) === 0 && valueAt(after, ['spec', 'replicas']) !== 0
      if (!isSame || isRaised) this.#proven.delete(name)
    } else if (!isSame && after !== undefined) this.note('the user’s own template', `the template of Deployment ${name} was written`)
  }

  #lookAt(objects: readonly KubeObject[], service: string): void {
    const ready = servedPods(objects, service).filter(isHealthyPod)
    const slots = [...new Set(ready.map(slotOf))]
    if (slots.length > 1) this.note('enough Pods of one slot', `Service ${service} leads to ${slots.join(' and ')}`)
    const [slot] = slots
    if (this.#served.has(service) && ready.length < this.#least) this.note('enough Pods of one slot', `Service ${service} leads to ${ready.length} ready Pods`)
    if (slot === undefined) return
    if (slot !== 'own' && !this.#proven.has(slot)) this.note('only proven slots', `Service ${service} leads to ${slot}, which nobody has waited for`)
    if (ready.length >= this.#least) this.#served.set(service, slot)
  }
}

/** What else a Service says comes with a release; the pointer is its selector and the label of its last move. */
function isBesideThePointer({ kind, before, after }: Written): boolean {
  const same = (path: readonly string[]) => sameJson(valueAt(before, path) ?? null, valueAt(after, path) ?? null)
  return kind === 'Service' && before !== undefined && after !== undefined && same(['spec', 'selector']) && same(['metadata', 'labels', LABELS.move])
}

function servicesIn(objects: readonly KubeObject[]): readonly string[] {
  return objects.filter(({ kind }) => kind === 'Service').map(({ metadata }) => metadata.name)
}

function appOf(kind: string, name: string): string | undefined {
  if (kind === 'Service') return name
  if (kind === 'Deployment') return SLOT_NAME.exec(name)?.[1] ?? name
  return /^fairlead\.([^.]+)$/.exec(name)?.[1]
}

function leaseOf(lease: KubeObject | undefined): { readonly holder: string; readonly token: number } {
  return { holder: holderIn(lease), token: Number(valueAt(lease, ['spec', 'leaseTransitions']) ?? 0) }
}

/** A slot Deployment that a stale run makes without Pods, and takes away once it has looked at the lock: a creation can be fenced by nothing, and this one does nothing. */
function isHollow(kind: string, verb: string, object: KubeObject | undefined): boolean {
  const { replicas = 1 } = (object?.spec ?? {}) as { readonly replicas?: number }
  return kind === 'Deployment' && (verb === 'create' || verb === 'delete') && replicas === 0
}
