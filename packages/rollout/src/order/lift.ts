import type { Pin } from '../journal/index.ts'
import type { Compared, OrderRequest, OrderVerdict } from './order.ts'
import { isUnchanged } from './order-questions.ts'
import { holding } from './order-questions.ts'
import { standOf } from './stand.ts'
import { nameCommit } from './words.ts'

type Lift = Pick<Extract<OrderVerdict, { readonly type: 'go' }>, 'lifts' | 'notes'>

/** Says whether a release that is not held lifts the pin once it is accepted: by a person's word, or as a strict descendant of the bad commit; and if not, why not. */
export function liftOf(request: OrderRequest, answer: Compared | undefined): Lift {
  const { journal, unpin } = request
  const { pin } = journal
  if (pin === undefined) return { notes: unpin ? ['there is no pin for `unpin` to lift'] : [] }
  if (unpin) {
    const lifted = holding({ ...request, unpin: false }) ?? pin
    return { lifts: lifted, notes: [`${nameOf(lifted)} falls once this release is accepted: \`unpin: true\``] }
  }
  if (isUnchanged(request)) return { notes: [] }
  const why = staysBecause(pin, request, answer)
  if (why !== undefined) return { notes: [`${nameOf(pin)} stays: ${why}`] }
  return { lifts: pin, notes: [`${nameOf(pin)} falls once this release is accepted: its commit is a descendant of the bad one`] }
}

function nameOf({ release, source }: Pin): string {
  return `the pin on release ${release}${source === undefined ? '' : ` of ${nameCommit(source)}`}`
}

const BY_PERSON = 'only a person can lift it, with `unpin: true`'

function staysBecause(pin: Pin, { source }: OrderRequest, answer: Compared | undefined): string | undefined {
  if (pin.source === undefined) return `the commit of the bad release is not known, so ${BY_PERSON}`
  if (source === undefined) return 'this run knows no commit'
  const stand = standOf(source, pin.source, answer)
  switch (stand.type) {
    case 'ahead':
      return undefined
    case 'identical':
      return 'this is the bad commit with other content'
    case 'behind':
      return 'this commit is an ancestor of the bad one'
    case 'diverged':
      return 'this commit is no descendant of the bad one'
    case 'unknown':
      return `this commit cannot be compared with the bad one: ${stand.text}`
  }
}
