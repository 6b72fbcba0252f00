import { slotBackend, type Backend } from '@fairlead/traffic'
import type { StepRecord } from '../execute/execute.ts'
import type { RolloutOutcome } from '../execute/run-rollout.ts'
import type { Journal, ReleaseNote } from '../journal/index.ts'
import { describeBackend } from '../standing/index.ts'

/** Where the users of an app are, and on which release, as far as it is one of ours. */
export interface Serving {
  readonly app: string
  /** Undefined where the Service leads to no backend of ours. */
  readonly backend: Backend | undefined
  readonly release: ReleaseNote | undefined
}

/** Where users are at the end of a run: where the pointers led when it began, and the moves that were made since. The journal says what was meant, the pointer what is. */
export function servingAfter({
  places,
  seen,
  forward,
  wayBack,
  journals,
}: Pick<RolloutOutcome, 'places' | 'seen' | 'forward' | 'wayBack' | 'journals'>): readonly Serving[] {
  const records = (seen === undefined ? forward.records : (wayBack?.records ?? [])).filter(({ state }) => state === 'done')
  return places.map(({ app, service, backend: begun }, index) => {
    const before = seen === undefined ? begun : seen[index]
    const backend = records.reduce((at, record) => pointerAfter(at, record, { app, service }), before)
    return { app, backend, release: backend === undefined ? undefined : releaseIn(journals.get(app), backend) }
  })
}

/** Which release a backend holds, as the journal knows it: one that is on its way comes first, since it has taken the place of what was there. */
export function releaseIn(journal: Journal | undefined, backend: Backend): ReleaseNote | undefined {
  const { rollout, active, previous } = journal ?? {}
  const onWay = rollout === undefined ? undefined : { backend: slotBackend(rollout.slot), release: rollout.release }
  return [onWay, active, previous].find((placed) => placed !== undefined && isSamePlace(placed.backend, backend))?.release
}

/** Says it in words: `web serves release 42 from green`. */
export function describeServing(servings: readonly Serving[]): string {
  return servings
    .map(({ app, backend, release }) => {
      if (backend === undefined) return `${app} is as it was without us`
      return `${app} serves ${release === undefined ? '' : `release ${release.number} `}from ${describeBackend(backend)}`
    })
    .join(', ')
}

function pointerAfter(
  backend: Backend | undefined,
  { step }: StepRecord,
  { app, service }: { readonly app: string; readonly service: string },
): Backend | undefined {
  if (step.type === 'move' && step.app === app) return step.to
  if (step.type === 'narrow' && step.app === app) return { type: 'adopted', hash: '' }
  if (step.type === 'reopen' && step.app === app) return undefined
  if (step.type === 'remove' && step.app === app && step.created.some(({ kind, name }) => kind === 'Service' && name === service)) return undefined
  return backend
}

/** There is one adopted Deployment of an app, whatever its ReplicaSet is called. */
function isSamePlace(one: Backend, other: Backend): boolean {
  return one.type === 'slot' ? other.type === 'slot' && one.slot === other.slot : other.type === 'adopted'
}
