import type { SourceCommit } from '@fairlead/base'
import type { Journal, Pin } from '../../src/index.ts'
import type { OrderRequest } from '../../src/order/index.ts'

/** A commit of acme/shop whose SHA is one letter over and over. */
export function commit(letter: string, repository = 'acme/shop'): SourceCommit {
  return { repository, commit: letter.repeat(40) }
}

/** An image of acme with a digest that is one letter over and over. */
export function image(name: string, letter: string): string {
  return `ghcr.io/acme/${name}@sha256:${letter.repeat(64)}`
}

export const MARK = commit('a')
export const SOURCE = commit('b')
export const BAD = commit('c')

export const PIN: Pin = {
  id: 'p1',
  release: 42,
  identity: 'bad',
  images: [image('web', 'c')],
  source: BAD,
  reason: 'errors rose to 4 %',
  actor: 'ann',
  at: '2026-11-21T02:10:00.000Z',
}

/** Release 41, which set the mark; nothing is pinned. */
export const JOURNAL: Journal = {
  format: 1,
  token: 7,
  last: 41,
  mark: MARK,
  active: { backend: { type: 'slot', slot: 'blue' }, release: { number: 41, identity: 'old', images: [image('web', 'a')], companions: 'k1', source: MARK } },
}

/** The same before anybody knew a commit. */
export const UNMARKED: Journal = without(JOURNAL)

/** A release of SOURCE over release 41; nobody has asked for anything special. */
export function request(part: Partial<OrderRequest> = {}): OrderRequest {
  return {
    journal: JOURNAL,
    release: { identity: 'new', images: [image('web', 'b')] },
    source: SOURCE,
    onDiverged: 'refuse',
    replace: false,
    unpin: false,
    continuing: false,
    ...part,
  }
}

function without({ mark: _mark, ...rest }: Journal): Journal {
  return rest
}
