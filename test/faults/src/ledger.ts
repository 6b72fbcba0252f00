import { sentenceOf, type Asked } from './asked.ts'
import type { Numbered } from './trouble.ts'

/** A request whose answer is still to come. */
export type Entry = Omit<Numbered, 'status'> & { status?: number }

/** Counts requests as they arrive. */
export class Ledger {
  readonly all: Entry[] = []
  readonly #same = new Map<string, number>()
  readonly #holders = new Map<string, string>()
  #writes = 0

  add(asked: Asked): Entry {
    const sentence = sentenceOf(asked)
    const again = (this.#same.get(sentence) ?? 0) + 1
    this.#same.set(sentence, again)
    const renewal = asked.write && this.#renews(asked)
    if (asked.write && !renewal) this.#writes += 1
    const nth = asked.write && !renewal ? this.#writes : 0
    const numbered: Entry = { ...asked, number: this.all.length + 1, nth, renewal, again, at: performance.now() }
    this.all.push(numbered)
    return numbered
  }

  #renews({ verb, resource, namespace, name, body }: Asked): boolean {
    if (resource !== 'leases' || verb !== 'update') return false
    const holder = holderIn(body)
    const lease = `${namespace}/${name}`
    const before = this.#holders.get(lease)
    this.#holders.set(lease, holder)
    return holder !== '' && holder === before
  }
}

/** Who a Lease names, with how often it has changed hands: a holder that takes it anew does not renew it. */
function holderIn(body: string): string {
  try {
    const { spec } = JSON.parse(body) as { readonly spec?: { readonly holderIdentity?: string | null; readonly leaseTransitions?: number } }
    const { holderIdentity, leaseTransitions = 0 } = spec ?? {}
    return holderIdentity === undefined || holderIdentity === null || holderIdentity === '' ? '' : `${holderIdentity} ${leaseTransitions}`
  } catch {
    return ''
  }
}
