import type { SourceCommit } from '@fairlead/base'
import type { Journal } from '../journal/index.ts'
import { isMarkPinned } from './pinned.ts'

/** `acme/shop@1a2b3c4`. */
export function nameCommit({ repository, commit }: SourceCommit): string {
  return `${repository}@${shortCommit(commit)}`
}

export function shortCommit(commit: string): string {
  return commit.slice(0, 7)
}

/** The mark with the release that set it, where the journal still has it: `acme/shop@1a2b3c4 (release 42)`. */
export function nameMark(journal: Journal, mark: SourceCommit): string {
  const number = releaseOf(journal, mark)
  const facts = [...(number === undefined ? [] : [`release ${number}`]), ...(isMarkPinned(journal) ? ['rolled back since'] : [])]
  return facts.length === 0 ? nameCommit(mark) : `${nameCommit(mark)} (${facts.join(', ')})`
}

/** The newest release that was made from a commit. */
function releaseOf({ active, previous, history = [] }: Journal, { commit }: SourceCommit): number | undefined {
  const notes = [active?.release, previous?.release, ...history.map(({ release }) => release)]
  const numbers = notes.flatMap((note) => (note?.source?.commit === commit ? [note.number] : []))
  return numbers.length === 0 ? undefined : Math.max(...numbers)
}
