import { isHealthyPod, servedPods, slotOf } from './traffic.ts'
import type { FakeRequest } from '@fairlead/kube/testing'
import type { Stage } from '../stage.ts'

const WRITES = new Set(['create', 'update', 'apply', 'patch', 'delete'])

/** Tells whether a request changes the cluster. */
export function isWrite({ verb, dryRun }: FakeRequest): boolean {
  return WRITES.has(verb) && dryRun !== true
}

/**
 * Looks at the cluster before every request, so after every write, and notes what must never be: users without enough ready Pods once they had them, users in both slots,
 * users in a slot nobody has waited for, a write of the template of a Deployment that is not ours.
 */
export class Guard {
  readonly violations: string[] = []
  readonly #stage: Stage
  readonly #least: number
  readonly #served = new Map<string, string>()
  readonly #proven = new Set<string>()
  #waiting = ''

  constructor(stage: Stage, least = 2) {
    this.#stage = stage
    this.#least = least
    stage.listener = (line) => this.#hear(line)
    this.#begin()
    stage.cluster.script.intercept((request) => {
      this.look()
      this.#judge(request)
    })
  }

  /** Looks once more, as at the end of a test. */
  look(): readonly string[] {
    for (const service of this.#stage.cluster.objects().filter(({ kind }) => kind === 'Service')) this.#lookAt(service.metadata.name)
    for (const name of this.#served.keys()) if (this.#stage.find('Service', name) === undefined) this.#note(`Service ${name} is gone under its users`)
    return this.violations
  }

  /** Whatever leads to users from the beginning was proven before. */
  #begin(): void {
    const objects = this.#stage.cluster.objects()
    for (const pod of objects.filter(({ kind }) => kind === 'Service').flatMap(({ metadata }) => servedPods(objects, metadata.name)))
      this.#proven.add(slotOf(pod))
  }

  #lookAt(name: string): void {
    const pods = servedPods(this.#stage.cluster.objects(), name)
    const ready = pods.filter(isHealthyPod)
    const slots = [...new Set(ready.map(slotOf))]
    if (slots.length > 1) this.#note(`Service ${name} leads to ${slots.join(' and ')}`)
    const [slot] = slots
    if (this.#served.has(name) && ready.length < this.#least) this.#note(`Service ${name} leads to ${ready.length} ready Pods`)
    if (slot === undefined) return
    const isNew = slot !== this.#served.get(name)
    if (isNew && slot.includes('-') && !this.#proven.has(slot)) this.#note(`Service ${name} leads to ${slot}, which nobody has waited for`)
    if (ready.length >= this.#least) this.#served.set(name, slot)
  }

  /** A wait that came out well proves what it names, until the slot is written again. */
  #hear(line: string): void {
    const begun = /^ *\d+ {2}(.*)$/.exec(line)?.[1]
    if (begun !== undefined) this.#waiting = begun
    if (line.includes('done in') && this.#waiting.startsWith('wait up to'))
      for (const [slot] of this.#waiting.matchAll(/[a-z]+-(?:blue|green)/g)) this.#proven.add(slot)
  }

  #judge(request: FakeRequest): void {
    const { kind, name = '', verb, body } = request
    if (kind !== 'Deployment' || !isWrite(request)) return
    if (/-(?:blue|green)$/.test(name)) {
      if (verb === 'apply' && JSON.stringify(body).includes('"template"')) this.#proven.delete(name)
    } else if (JSON.stringify(body).includes('template')) this.#note(`the template of Deployment ${name} is written`)
  }

  #note(what: string): void {
    if (!this.violations.includes(what)) this.violations.push(what)
  }
}
