import type { SourceCommit } from '@fairlead/base'
import type { Pin } from '../journal/index.ts'
import type { OrderQuestion, OrderRequest } from './order.ts'
import { pinnedBy } from './pinned.ts'

/** The comparisons that are needed to judge a request. */
export interface OrderQuestions {
  readonly mark?: OrderQuestion
  readonly pin?: OrderQuestion
}

/** Says which comparisons a request needs: none where it is decided without, where a commit is unknown or the same, or where no host can answer. */
export function orderQuestions(request: OrderRequest): OrderQuestions {
  const { journal, source, unpin } = request
  if (source === undefined || isHeld(request) || isUnchanged(request)) return {}
  const mark = questionOf(journal.mark, source)
  const pin = unpin ? undefined : questionOf(journal.pin?.source, source)
  return { ...(mark === undefined ? {} : { mark }), ...(pin === undefined ? {} : { pin }) }
}

/** Rule 1: what was pinned stays out, until a person says otherwise. */
export function isHeld(request: OrderRequest): boolean {
  return holding(request) !== undefined
}

/** The pin that holds a release; undefined where none does, or a person has lifted it. */
export function holding({ journal: { pin, olderPins = [] }, release, unpin }: OrderRequest): Pin | undefined {
  if (unpin) return undefined
  return [...(pin === undefined ? [] : [pin]), ...olderPins].find((each) => pinnedBy(each, release) !== undefined)
}

/** Rule 2: it serves already, with all that accompanies it. */
export function isUnchanged({ journal: { active }, release }: OrderRequest): boolean {
  if (active === undefined || active.release.identity !== release.identity) return false
  return release.companions === undefined || active.release.companions === release.companions
}

/** Tells whether two names are the same repository to the host, which is not particular about letters. */
export function isSameRepository(one: SourceCommit, other: SourceCommit): boolean {
  return one.repository.toLowerCase() === other.repository.toLowerCase()
}

function questionOf(base: SourceCommit | undefined, source: SourceCommit): OrderQuestion | undefined {
  if (base === undefined || base.commit === source.commit || !isSameRepository(base, source)) return undefined
  return { repository: source.repository, base: base.commit, head: source.commit }
}
