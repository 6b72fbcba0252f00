import type { Journal } from '../journal/index.ts'
import { describeBackend } from '../standing/index.ts'

/** What serves now, for the next step of a workflow: bare values for one app, lines of `app=value` for several. */
export function versionOutputs(journals: ReadonlyMap<string, Journal>): Readonly<Record<'release' | 'previous-release' | 'active-slot', string>> {
  return {
    release: linesOf(journals, ({ active }) => (active === undefined ? '' : String(active.release.number))),
    'previous-release': linesOf(journals, ({ previous }) => (previous === undefined ? '' : String(previous.release.number))),
    'active-slot': linesOf(journals, ({ active }) =>
      active === undefined ? '' : active.backend.type === 'slot' ? describeBackend(active.backend) : 'adopted',
    ),
  }
}

function linesOf(journals: ReadonlyMap<string, Journal>, value: (journal: Journal) => string): string {
  const entries = [...journals]
  if (entries.length === 1) return entries.map(([, journal]) => value(journal)).join('')
  return entries.map(([app, journal]) => `${app}=${value(journal)}`).join('\n')
}
