import { milliseconds, toFault, type Fault, type Transport } from '@fairlead/base'
import {
  carryOut,
  observeApps,
  planReap,
  planRelease,
  planRollback,
  windUp,
  type Decision,
  type LockPurpose,
  type OpenWorld,
  type Plan,
  type Release,
  type RolloutOptions,
  type RolloutOutcome,
} from '../../src/index.ts'
import { NAMESPACE, options, type Stage } from '../stage.ts'
import { ActorCluster, type Asked, type Blow, type Lens } from './actor-cluster.ts'
import { Life, LifeClock } from './life.ts'
import type { Witness } from './witness.ts'

/** What somebody wants done. Data, so that it can be done again. */
export type Wish =
  | { readonly type: 'release'; readonly release: Release; readonly changes?: Partial<RolloutOptions> }
  | { readonly type: 'rollback' | 'reap'; readonly apps: readonly string[] }
  | { readonly type: 'wind-up'; readonly apps: readonly string[]; readonly left: string }
  /** A plan that no planner made. */
  | { readonly type: 'forged'; readonly apps: readonly string[]; readonly forge: (plan: Plan) => Plan; readonly release: Release }

export interface ActorOptions {
  readonly name: string
  readonly strikes?: (asked: Asked) => Blow | undefined
  readonly lens?: Lens
}

const NO_WEB: Transport = { send: () => Promise.reject(new Error('nobody is asked from outside')) } as unknown as Transport
const PATIENCE = milliseconds(600_000)

/** One process at work on a stage: the real planner, executor, journal and lock, over a connection and a clock of its own. */
export class Actor {
  readonly name: string
  /** The name its locks are held under. Whoever winds a run up bears that of the run. */
  holder: string
  readonly life = new Life()
  readonly cluster: ActorCluster
  readonly said: string[] = []
  purpose: LockPurpose = 'release'
  outcome: RolloutOutcome | undefined
  fault: Fault | undefined
  isEnded = false
  readonly #stage: Stage
  readonly #witness: Witness

  constructor(stage: Stage, witness: Witness, { name, strikes = () => undefined, lens = {} }: ActorOptions) {
    this.name = name
    this.holder = `acme/shop run ${name} attempt 1 job deploy #a`
    this.#stage = stage
    this.#witness = witness
    this.cluster = new ActorCluster(stage.cluster, { life: this.life, strikes, lens, wrote: (written) => witness.wrote(this, written) })
    witness.meet(this)
  }

  /** It is at work, and nothing keeps it from it. */
  get isLiving(): boolean {
    return !this.isEnded && this.life.state === 'running'
  }

  /** Begins, and goes on until it has ended, stands still or was killed. */
  async act(wish: Wish): Promise<this> {
    return await this.begin(wish).goOn()
  }

  /** Begins; somebody has to move the clock. */
  begin(wish: Wish): this {
    this.purpose = wish.type === 'forged' ? 'release' : wish.type
    if (wish.type === 'wind-up') this.holder = wish.left
    this.isEnded = false
    void this.#do(wish).then(
      (outcome) => this.#end({ outcome }),
      (error: unknown) => this.#end({ fault: toFault(error) }),
    )
    return this
  }

  async goOn(): Promise<this> {
    for (let turn = 0; this.isLiving; turn += 1) {
      if (turn > 4_000) throw new Error(`${this.name} does not end`)
      await this.#stage.clock.advance(500)
    }
    return this
  }

  #end({ outcome, fault }: { readonly outcome?: RolloutOutcome | undefined; readonly fault?: Fault }): void {
    this.isEnded = true
    this.outcome = outcome
    this.fault = fault ?? outcome?.forward.fault
  }

  async #do(wish: Wish): Promise<RolloutOutcome | undefined> {
    const world = this.#world()
    if (wish.type === 'wind-up') {
      const left = { namespace: NAMESPACE, apps: placesOf(wish.apps), holder: wish.left }
      const ended = await windUp(left, { lockTimeout: PATIENCE, rollbackTimeout: milliseconds(60_000) }, world)
      return ended.type === 'taken back' ? ended.rollout : undefined
    }
    const decide = () => this.#decide(wish)
    const errand = { purpose: this.purpose, timeout: PATIENCE, holder: this.holder, options: options(), again: decide, leave: () => undefined }
    return (await carryOut(await decide(), errand, world)).rollout
  }

  async #decide(wish: Exclude<Wish, { readonly type: 'wind-up' }>): Promise<Decision> {
    const { clock } = this.#stage
    const apps = wish.type === 'release' ? wish.release.apps.map(({ app }) => app) : wish.apps
    const standings = await observeApps(this.cluster, NAMESPACE, { apps: placesOf(apps), now: clock.date() })
    if (wish.type === 'release') return { standings, plan: planRelease(wish.release, standings, options(wish.changes)) }
    if (wish.type === 'forged') return { standings, plan: wish.forge(planRelease(wish.release, standings, options())) }
    if (wish.type === 'reap') return { standings, plan: planReap(standings, options()) }
    const { title, notes, steps } = planRollback(standings, options())
    return { standings, plan: { title, notes, steps } }
  }

  #world(): OpenWorld {
    const clock = new LifeClock(this.#stage.clock, this.life)
    const say = (line: string) => {
      if (this.life.state === 'dead') return
      this.said.push(line)
      this.#witness.heard(this, line)
    }
    const isOver = async (holder: string) => await this.#witness.isOver(holder)
    return { cluster: this.cluster, web: NO_WEB, clock, signal: new AbortController().signal, namespace: NAMESPACE, say, liveness: { isOver } }
  }
}

function placesOf(apps: readonly string[]): readonly { readonly app: string; readonly service: string }[] {
  return apps.map((app) => ({ app, service: app }))
}
