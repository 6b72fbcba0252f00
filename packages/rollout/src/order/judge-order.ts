import type { SourceCommit } from '@fairlead/base'
import { liftOf } from './lift.ts'
import type { OrderRequest, OrderVerdict, Relations } from './order.ts'
import { holding, isSameRepository, isUnchanged } from './order-questions.ts'
import { pinnedBy } from './pinned.ts'
import { standOf, type Stand } from './stand.ts'
import { nameMark, shortCommit } from './words.ts'

type Go = Extract<OrderVerdict, { readonly type: 'go' }>
/** Where the mark goes, and what there is to say. */
type Way = Pick<Go, 'mark' | 'notes'>

/**
 * Judges whether a release may replace what was accepted before it, by the comparisons that `orderQuestions` asks for. Pure. Older never replaces newer:
 *
 * 1. what is pinned is held; 2. what serves already may go, there is nothing to do; 3. the commit of the mark with other content may go; 4. a descendant may go, and the
 * mark moves to it; 5. an ancestor is superseded, in a re-run of an old run as well; 6. what has diverged is refused, or goes by `onDiverged` and takes the mark along;
 * 7. what cannot be compared is refused with a fault.
 *
 * `replace` skips 5 to 7, `continuing` 5 and 6. The mark never goes back to an ancestor.
 */
export function judgeOrder(request: OrderRequest, relations: Relations): OrderVerdict {
  const held = holdOf(request)
  if (held !== undefined) return held
  const lift = liftOf(request, relations.pin)
  const way = isUnchanged(request) ? { notes: [] } : wayOf(request, relations)
  return 'type' in way ? way : { type: 'go', ...way, ...lift, notes: [...way.notes, ...lift.notes] }
}

/** Rule 1. */
function holdOf(request: OrderRequest): OrderVerdict | undefined {
  const pin = holding(request)
  if (pin === undefined) return undefined
  const { release, reason, actor, at } = pin
  const why = `release ${release} was rolled back from by ${actor} at ${at} (${reason})`
  const text = `held: ${why}, and ${pinnedBy(pin, request.release) ?? ''}; a later commit with other images passes, and \`unpin: true\` lets this one through`
  return { type: 'held', pin, text }
}

/** Rules 3 to 7, and what is not among them: a run that knows no commit, and the first one that knows one. */
function wayOf(request: OrderRequest, relations: Relations): Way | OrderVerdict {
  const { journal, source } = request
  const { mark } = journal
  if (source === undefined) return { notes: [uncheckedNote(request)] }
  if (mark === undefined) return { mark: source, notes: [] }
  const stand = standOf(source, mark, relations.mark)
  const matter = { request, source, mark: nameMark(journal, mark) }
  switch (stand.type) {
    case 'identical':
      // The repository may have another name by now, under which the next one is compared.
      return isSameRepository(source, mark) ? { notes: [] } : { mark: source, notes: [] }
    case 'ahead':
      return { mark: source, notes: [] }
    case 'behind':
      return judgeAncestor(matter)
    case 'diverged':
      return judgeDiverged(matter)
    case 'unknown':
      return judgeUnknown(matter, stand)
  }
}

interface Matter {
  readonly request: OrderRequest
  readonly source: SourceCommit
  /** What the mark is called. */
  readonly mark: string
}

function judgeAncestor({ request, source, mark }: Matter): Way | OrderVerdict {
  const commit = shortCommit(source.commit)
  if (!request.replace && !request.continuing) return { type: 'superseded', text: `superseded by ${mark}: this commit ${commit} is an ancestor of it` }
  return { notes: [`this commit ${commit} is older than ${mark}, and released all the same: ${permitOf(request)}`] }
}

function judgeDiverged({ request, source, mark }: Matter): Way | OrderVerdict {
  const commit = shortCommit(source.commit)
  if (request.replace || request.continuing || request.onDiverged === 'deploy') {
    return { mark: source, notes: [`this commit ${commit} has diverged from ${mark}, and is released all the same: ${permitOf(request)}`] }
  }
  return {
    type: 'refused',
    text: `this commit ${commit} has diverged from ${mark}, expected a descendant of it, got another branch, a squash or a force-push`,
    hint: 'Release a commit that has it in its history, or this one with `replace: true`; `on-diverged: deploy` is for stages where branches take turns.',
  }
}

/** A mark that can never be compared with again would stop every later release, so it moves on; one that was only out of sight stays. */
function judgeUnknown({ request, source, mark }: Matter, stand: Extract<Stand, { readonly type: 'unknown' }>): Way | OrderVerdict {
  const words = `cannot tell whether this commit ${shortCommit(source.commit)} is older than ${mark}: ${stand.text}`
  if (request.replace) return { ...(stand.isForGood ? { mark: source } : {}), notes: [`${words}; it is released all the same: ${permitOf(request)}`] }
  const hint = stand.isForGood ? `${stand.hint} With \`replace: true\` it is released without knowing.` : stand.hint
  return { type: 'refused', text: words, hint, fault: stand.code }
}

function permitOf({ replace, continuing }: OrderRequest): string {
  if (replace) return '`replace: true`'
  return continuing ? 'it was let through when it began' : '`on-diverged: deploy`'
}

function uncheckedNote({ journal }: OrderRequest): string {
  const { mark } = journal
  const question = mark === undefined ? 'whether later releases are older than it' : `whether it is older than ${nameMark(journal, mark)}`
  return `this run knows no commit: ${question} cannot be checked`
}
