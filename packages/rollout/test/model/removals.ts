import { milliseconds } from '@fairlead/base'
import type { KubeObject } from '@fairlead/kube'
import { LABELS } from '@fairlead/traffic'
import type { Plan, Step } from '../../src/index.ts'
import { web, type Stage } from '../stage.ts'
import type { Asked, Blow, Lens } from './actor-cluster.ts'
import { ENCOUNTERS, PLAYS, type Encounter, type Play } from './plays.ts'
import { holderIn } from './rest.ts'
import { meet, overlap, straight, strike, type Trial } from './trials.ts'
import type { Invariant } from './witness.ts'

const JOURNAL = 'fairlead.web'

function encounterNamed(name: string): Encounter {
  const found = ENCOUNTERS.find((each) => each.name === name)
  if (found === undefined) throw new Error(`no encounter "${name}"`)
  return found
}

function playNamed(name: string): Play {
  const found = PLAYS.find((each) => each.name === name)
  if (found === undefined) throw new Error(`no play "${name}"`)
  return found
}

/** The one request at which the first of two is held. */
interface Hold {
  readonly blow: Blow
  readonly verb: Asked['verb']
  readonly kind: string
  readonly name: string
}

async function heldAt(encounter: Encounter, { blow, verb, kind, name }: Hold, lens: Lens): Promise<Trial> {
  const { asked } = await straight({ ...encounter, wish: encounter.first })
  const held = asked.findLast((each) => each.verb === verb && each.kind === kind && each.name === name)
  if (held === undefined) throw new Error(`${encounter.name} never asks to ${verb} ${kind} ${name}`)
  return await meet(encounter, { at: held.nth, blow, lens })
}

const returning = encounterNamed('rollback, then a release')
const MOVES: Hold = { blow: 'held before', verb: 'patch', kind: 'Service', name: 'web' }
const WRITES_DOWN: Hold = { blow: 'held before', verb: 'apply', kind: 'ConfigMap', name: JOURNAL }
const RETIRES: Hold = { blow: 'held before', verb: 'apply', kind: 'Deployment', name: 'web-green' }

function withoutVersion(kind: string): Lens {
  return {
    applied: (object) =>
      object.kind === kind ? { ...object, metadata: { ...object.metadata, resourceVersion: undefined } as unknown as KubeObject['metadata'] } : object,
  }
}

function withoutFence(object: KubeObject): KubeObject {
  const { [LABELS.fence]: _fence, ...labels } = object.metadata.labels ?? {}
  return object.kind === 'Deployment' ? { ...object, metadata: { ...object.metadata, labels } } : object
}

const WITHOUT_TESTS: Lens = { patched: (operations, kind) => (kind === 'Service' ? operations.filter(({ op }) => op !== 'test') : operations) }
const FREE_LOCKS: Lens = {
  seen: (object) => (object.kind === 'Lease' ? { ...object, spec: { ...(object.spec as object), holderIdentity: '' } } : object),
}
const NO_RENEWALS: Lens = {
  swallowed: (object, before) => object.kind === 'Lease' && before !== undefined && holderIn(object) !== '' && holderIn(object) === holderIn(before),
}
const NO_RELEASE: Lens = { swallowed: (object) => object.kind === 'Lease' && holderIn(object) === '' }
/** The lock has the same name. */
function isJournal({ kind, metadata }: KubeObject): boolean {
  return kind === 'ConfigMap' && metadata.name === JOURNAL
}

const textOf = (object: KubeObject) => JSON.stringify((object as { readonly data?: unknown }).data ?? {})
const NEVER_AT_REST: Lens = { swallowed: (object) => isJournal(object) && !textOf(object).includes('doing') }
const NO_JOURNAL: Lens = { swallowed: isJournal }

/** A release that is watched for longer than a Lease lives, and another that comes meanwhile. */
const LONG: Encounter = {
  name: 'long release, then another',
  begin: async (stage: Stage) => {
    for (const version of ['1', '2']) await stage.deploy(web(version))
  },
  first: { type: 'release', release: web('3'), changes: { soak: milliseconds(150_000) } },
  second: { type: 'release', release: web('4') },
}

async function inTheMiddle(lens: Lens): Promise<Trial> {
  const { asked } = await straight({ ...LONG, wish: LONG.first })
  const moved = asked.find(({ verb, kind }) => verb === 'patch' && kind === 'Service')
  return await overlap(LONG, { at: moved?.nth ?? 0, lens })
}

async function diesAfterItsMove(lens: Lens): Promise<Trial> {
  const play = playNamed('second release')
  const { asked } = await straight(play, lens)
  const moved = asked.find(({ verb, kind }) => verb === 'patch' && kind === 'Service')
  return await strike(play, await straight(play), { blow: 'dies after', at: moved?.write ?? 0, lens })
}

async function undisturbed(lens: Lens): Promise<Trial> {
  return { ...(await straight(playNamed('second release'), lens)), what: 'second release' }
}

/** A guard, how it is taken away, and the invariant that fails then. */
export interface Removal {
  readonly guard: string
  readonly lens: Lens
  readonly trial: (lens: Lens) => Promise<Trial>
  readonly fails: Invariant
}

export const REMOVALS: readonly Removal[] = [
  {
    guard: 'the version that guards the journal',
    lens: withoutVersion('ConfigMap'),
    trial: (lens) => heldAt(returning, WRITES_DOWN, lens),
    fails: 'one owner',
  },
  { guard: 'the test of what a pointer was', lens: WITHOUT_TESTS, trial: (lens) => heldAt(returning, MOVES, lens), fails: 'one owner' },
  { guard: 'the version that guards a slot', lens: withoutVersion('Deployment'), trial: (lens) => heldAt(returning, RETIRES, lens), fails: 'one owner' },
  { guard: 'the fence on a slot', lens: { seen: withoutFence }, trial: (lens) => heldAt(returning, RETIRES, lens), fails: 'one owner' },
  { guard: 'the lock', lens: FREE_LOCKS, trial: inTheMiddle, fails: 'a living holder keeps its lock' },
  { guard: 'the renewal of the lock', lens: NO_RENEWALS, trial: inTheMiddle, fails: 'a living holder keeps its lock' },
  { guard: 'the release of the lock', lens: NO_RELEASE, trial: undisturbed, fails: 'released in the end' },
  { guard: 'the last word in the journal', lens: NEVER_AT_REST, trial: undisturbed, fails: 'at rest in the end' },
  { guard: 'the journal', lens: NO_JOURNAL, trial: diesAfterItsMove, fails: 'a rerun converges' },
]

/** A plan that waits for nothing; its move calls something else its proof, or is left with the wait that never happens. */
function forged(steps: readonly Step[], needs: (begun: Step) => readonly Step[] | undefined): readonly Step[] {
  const kept = steps.filter(({ type }) => type !== 'await')
  const [first] = kept
  return kept.map((step) => (step.type === 'move' && first !== undefined ? { ...step, needs: needs(first) ?? step.needs } : step))
}

/** What becomes of users when a plan leads them to a slot without having waited for it. `needs` forges what the move calls its proof; undefined leaves it the wait that was taken out. */
export async function withoutWait(needs: (begun: Step) => readonly Step[] | undefined): Promise<readonly Invariant[]> {
  const forge = (plan: Plan): Plan => ({ ...plan, steps: forged(plan.steps, needs) })
  const play: Play = {
    name: 'forged',
    begin: async (stage) => await stage.deploy(web('1')),
    wish: { type: 'forged', apps: ['web'], forge, release: web('sick') },
  }
  return (await straight(play)).violations
    .map(({ invariant }) => invariant)
    .filter((each) => each === 'only proven slots' || each === 'enough Pods of one slot')
}
