import type { RolloutOutcome } from '../../src/index.ts'
import { Stage } from '../stage.ts'
import { Actor, type Wish } from './actor.ts'
import type { Asked, Blow, Lens } from './actor-cluster.ts'
import type { Encounter, Play } from './plays.ts'
import { differences, holderOf, pictureOf, unrestOf, type Pictured } from './rest.ts'
import { Witness, type Violation } from './witness.ts'

/** One explored run, and what was wrong with it. */
export interface Trial {
  readonly what: string
  readonly violations: readonly Violation[]
}

/** What a play comes to when nothing befalls it. */
export interface Straight {
  readonly picture: readonly Pictured[]
  readonly asked: readonly Asked[]
  readonly violations: readonly Violation[]
  readonly outcome: RolloutOutcome | undefined
}

interface Scene {
  readonly stage: Stage
  readonly witness: Witness
}

async function sceneOf({ begin }: Pick<Play, 'begin'>): Promise<Scene> {
  const stage = new Stage()
  await begin(stage)
  return { stage, witness: new Witness(stage) }
}

/** Lets a play go on undisturbed. */
export async function straight(play: Play, lens: Lens = {}): Promise<Straight> {
  const scene = await sceneOf(play)
  const actor = await new Actor(scene.stage, scene.witness, { name: 'A', lens }).act(play.wish)
  conclude(scene, actor, appsOf(play.wish))
  return { picture: pictureOf(scene.stage), asked: actor.cluster.asked, violations: scene.witness.violations, outcome: actor.outcome }
}

/** Strikes one write of a run; then another run is asked for the same. */
export async function strike(
  play: Play,
  { picture }: Straight,
  { blow, at, lens = {} }: { readonly blow: Blow; readonly at: number; readonly lens?: Lens },
): Promise<Trial> {
  const scene = await sceneOf(play)
  const { stage, witness } = scene
  const struck: Asked[] = []
  const strikes = (asked: Asked) => {
    if (asked.write !== at) return undefined
    struck.push(asked)
    return blow
  }
  const first = await new Actor(stage, witness, { name: 'A', strikes, lens }).act(play.wish)
  if (first.isEnded && struck.every(({ kind }) => kind !== 'Lease')) released(scene, first, appsOf(play.wish))
  const again = await new Actor(stage, witness, { name: 'A again' }).act(play.wish)
  conclude(scene, again, appsOf(play.wish))
  for (const difference of differences(pictureOf(stage), picture)) witness.note('a rerun converges', difference)
  return trialOf(`${play.name}: ${blow} ${struck.map(words).join()}`, scene)
}

/** Holds a run at one of its requests, lets another come and end, and wakes the first. */
export async function meet(encounter: Encounter, { at, blow, lens = {} }: { readonly at: number; readonly blow: Blow; readonly lens?: Lens }): Promise<Trial> {
  const scene = await sceneOf(encounter)
  const { stage, witness } = scene
  const held: Asked[] = []
  const strikes = (asked: Asked) => {
    if (asked.nth !== at) return undefined
    held.push(asked)
    return blow
  }
  const first = await new Actor(stage, witness, { name: 'A', strikes, lens }).act(encounter.first)
  const second = new Actor(stage, witness, { name: 'B', lens })
  const wish: Wish = encounter.second === 'wind-up' ? { type: 'wind-up', apps: ['web'], left: first.holder } : encounter.second
  await second.act(wish)
  released(scene, second, ['web'])
  const picture = pictureOf(stage)
  first.life.wake()
  await first.goOn()
  released(scene, first, ['web'])
  if (witness.owner() === second)
    for (const difference of differences(pictureOf(stage), picture).filter(isOfConsequence))
      witness.note('one owner', `A woke after B had ended: ${difference}`)
  const last = witness.owner() === first ? encounter.first : wish
  const again = await new Actor(stage, witness, { name: 'C' }).act(last.type === 'release' ? last : { type: 'reap', apps: ['web'] })
  conclude(scene, again, ['web'])
  return trialOf(`${encounter.name}: ${blow} ${held.map(words).join()}`, scene)
}

/** A record that a stale run has made is named by no journal, so nobody goes back to it. */
function isOfConsequence(difference: string): boolean {
  return !difference.startsWith('records has /count')
}

/** Lets another come while a run is at one of its requests, and both go on, each at its own pace. */
export async function overlap(encounter: Encounter, { at, lens = {} }: { readonly at: number; readonly lens?: Lens }): Promise<Trial> {
  const scene = await sceneOf(encounter)
  const { stage, witness } = scene
  const strikes = (asked: Asked) => (asked.nth === at ? 'held before' : undefined)
  const first = await new Actor(stage, witness, { name: 'A', strikes, lens }).act(encounter.first)
  const wish: Wish = encounter.second === 'wind-up' ? { type: 'wind-up', apps: ['web'], left: first.holder } : encounter.second
  const second = new Actor(stage, witness, { name: 'B', lens }).begin(wish)
  first.life.wake()
  await first.goOn()
  await second.goOn()
  conclude(scene, second, ['web'])
  return trialOf(`${encounter.name}: together from request ${at}`, scene)
}

/** An actor that has ended holds nothing any more. */
function released({ stage, witness }: Scene, actor: Actor, apps: readonly string[]): void {
  for (const app of apps.filter((each) => actor.isEnded && witness.hasHeld(actor, each)))
    if (holderOf(stage, app) === actor.holder) witness.note('released in the end', `${actor.name} has ended and holds the lock of ${app}`)
}

function conclude(scene: Scene, actor: Actor, apps: readonly string[]): void {
  const { stage, witness } = scene
  const { outcome, fault } = actor
  if (fault !== undefined) witness.note('a rerun converges', `${actor.name} ended with ${fault.code}: ${fault.message}`)
  else if (outcome !== undefined && outcome.forward.ended !== 'complete') witness.note('a rerun converges', `${actor.name} ended ${outcome.forward.ended}`)
  released(scene, actor, apps)
  for (const app of apps) for (const what of unrestOf(stage, app)) witness.note('at rest in the end', what)
  witness.look()
}

function trialOf(what: string, { witness }: Scene): Trial {
  return { what, violations: witness.violations }
}

function appsOf(wish: Wish): readonly string[] {
  return wish.type === 'release' || wish.type === 'forged' ? wish.release.apps.map(({ app }) => app) : wish.apps
}

function words({ verb, kind, name, write, nth }: Asked): string {
  return `${write === undefined ? `request ${nth}` : `write ${write}`} (${verb} ${kind} ${name})`
}
