import type { Journal } from '../journal/index.ts'
import { irreversibleSince } from '../plan/irreversible.ts'
import { olderGood } from '../records/index.ts'
import { describeBackend } from '../standing/index.ts'
import type { Serving } from './serving.ts'

/** What serves now, for the next step of a workflow: bare values for one app, lines of `app=value` for several. */
export function versionOutputs(
  servings: readonly Serving[],
  journals: ReadonlyMap<string, Journal>,
): Readonly<Record<'release' | 'previous-release' | 'active-slot', string>> {
  return {
    release: linesOf(servings, ({ release }) => numberOf(release)),
    'previous-release': linesOf(servings, (serving) => numberOf(behind(serving, journals.get(serving.app)))),
    'active-slot': linesOf(servings, ({ backend }) => (backend === undefined ? '' : backend.type === 'slot' ? describeBackend(backend) : 'adopted')),
  }
}

/** The release that a rollback would lead to now; undefined where it would be refused. */
function behind({ release }: Serving, journal: Journal | undefined): { readonly number: number } | undefined {
  if (journal === undefined) return undefined
  return journal.rollout !== undefined && journal.rollout.release.number === release?.number ? underway(journal) : arrived(journal)
}

function arrived(journal: Journal): { readonly number: number } | undefined {
  const { previous } = journal
  const target = previous === undefined || previous.bad === true ? olderGood(journal)[0]?.release : previous.release
  return target === undefined || irreversibleSince(journal, target.number) !== undefined ? undefined : target
}

function underway({ active, adoption }: Journal): { readonly number: number } | undefined {
  return active?.release ?? (adoption === undefined ? undefined : { number: 0 })
}

function numberOf(release: { readonly number: number } | undefined): string {
  return release === undefined ? '' : String(release.number)
}

function linesOf(servings: readonly Serving[], value: (serving: Serving) => string): string {
  if (servings.length === 1) return servings.map(value).join('')
  return servings.map((serving) => `${serving.app}=${value(serving)}`).join('\n')
}
