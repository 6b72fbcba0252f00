import { Fault, type SourceCommit } from '@fairlead/base'
import type { Compared, Relation } from './order.ts'
import { isSameRepository } from './order-questions.ts'
import { nameCommit } from './words.ts'

/** How a commit stands to another one, as far as that is known. */
export type Stand = { readonly type: Relation } | (Extract<Compared, { readonly type: 'unknown' }> & { readonly isForGood: boolean })

/** Puts together what is seen without asking and what was answered. Throws BUG where it should have been asked and was not. */
export function standOf(source: SourceCommit, base: SourceCommit, answer: Compared | undefined): Stand {
  if (source.commit === base.commit) return { type: 'identical' }
  if (!isSameRepository(source, base)) return { ...elsewhere(source, base), isForGood: true }
  if (answer === undefined) throw new Fault('BUG', `nobody compared ${nameCommit(source)} with ${nameCommit(base)}`)
  return answer.type === 'known' ? { type: answer.relation } : { ...answer, isForGood: answer.code === 'NOT_FOUND' }
}

function elsewhere(source: SourceCommit, base: SourceCommit): Extract<Compared, { readonly type: 'unknown' }> {
  return {
    type: 'unknown',
    code: 'CONFLICT',
    text: `Repository "${source.repository}": has no history with another one, expected ${base.repository}, got ${source.repository}`,
    hint: 'Release from the repository that the app came from.',
  }
}
