import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { milliseconds } from '@fairlead/base'
import type { KubeObject } from '@fairlead/kube'
import { describe, expect, test } from 'vitest'
import { planRelease, planRollback, type Journal, type Placed, type Plan, type Standing, type Step, type Workload } from '../../src/index.ts'
import { options, NAMESPACE, ON_PODS, releaseOf } from '../stage.ts'

type Slot = 'blue' | 'green'
const SLOTS: readonly Slot[] = ['blue', 'green']
const NAMES = ['web', 'api', 'cart']
const version = fc.constantFrom('1', '2', '3')
const identities = new Map(['1', '2', '3'].map((each) => [each, releaseOf({ web: { version: each, service: true } }).apps[0]?.identity ?? '']))

function workload(
  name: string,
  given: { readonly wanted: number; readonly available: number; readonly paused: boolean },
  identity: string | undefined,
): Workload {
  const object: KubeObject = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: NAMESPACE, uid: `uid-${name}`, annotations: identity === undefined ? {} : { 'fairlead.dev/release': identity } },
    spec: { replicas: given.wanted, selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: { containers: [] } } },
  }
  return { object, name, uid: `uid-${name}`, identity, ...given, available: Math.min(given.available, given.wanted) }
}

const pods = fc.record({ wanted: fc.nat(3), available: fc.nat(3), paused: fc.boolean() })
const backend = fc.oneof(
  fc.constantFrom(...SLOTS).map((slot) => ({ type: 'slot' as const, slot })),
  fc.constant({ type: 'adopted' as const, hash: 'h4sh' }),
)
const placed: fc.Arbitrary<Placed> = fc.record({
  backend,
  release: fc.record({ number: fc.nat(9), identity: version.map((each) => identities.get(each) ?? ''), images: fc.constant([]) }),
})

/** A rollout never goes where it comes from, and what was before is never what is. */
function isPossible({ rollout, active, previous }: Pick<Known, 'rollout' | 'active' | 'previous'>): boolean {
  const isElsewhere = rollout === null || !isDeepStrictEqual(rollout.from, { type: 'slot', slot: rollout.slot })
  return isElsewhere && (active === null || previous === null || !isDeepStrictEqual(active.backend, previous[0].backend))
}

interface Known {
  readonly active: Placed | null
  readonly previous: readonly [Placed, boolean] | null
  readonly rollout: {
    readonly placed: Placed
    readonly slot: Slot
    readonly from: Placed['backend'] | null
    readonly parked: boolean
    readonly made: boolean
  } | null
  readonly adopted: boolean
  readonly returning: boolean
}

function journalOf(app: string, { active, previous, rollout, adopted, returning }: Known): Journal {
  return {
    format: 1,
    token: 1,
    last: 9,
    ...(active === null ? {} : { active }),
    ...(previous === null ? {} : { previous: { ...previous[0], bad: previous[1] } }),
    ...(adopted ? { adoption: { deployment: app, uid: `uid-${app}`, hash: 'h4sh', selector: { app }, replicas: 2 } } : {}),
    ...(returning ? { returning } : {}),
    ...(rollout === null ? {} : { rollout: rolloutOf(app, rollout) }),
  }
}

function rolloutOf(app: string, { placed: { release }, slot, from, parked, made }: NonNullable<Known['rollout']>): NonNullable<Journal['rollout']> {
  const created = made ? [{ apiVersion: 'apps/v1', kind: 'Deployment', name: `${app}-${slot}` }] : []
  return { release, slot, ...(from === null ? {} : { from, selector: { app } }), created, step: 'begin', state: parked ? 'parked' : 'running', moving: false }
}

function scalerOf(app: string, name: string): KubeObject {
  const spec = { minReplicas: 2, scaleTargetRef: { kind: 'Deployment', name } }
  return { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: app }, spec }
}

/** Any standing there can be and many that should not: plans must be right about all of them. */
function standings(app: string): fc.Arbitrary<Standing> {
  return fc
    .record({
      pointer: fc.option(
        fc.oneof(
          fc.constantFrom(...SLOTS).map((slot) => ({ 'fairlead.dev/slot': slot })),
          fc.constant({ 'pod-template-hash': 'h4sh' }),
          fc.constant({}),
        ),
      ),
      blue: fc.option(fc.tuple(pods, version)),
      green: fc.option(fc.tuple(pods, version)),
      plain: fc.option(pods),
      scaler: fc.option(fc.constantFrom(app, `${app}-blue`, `${app}-green`)),
      active: fc.option(placed),
      previous: fc.option(fc.tuple(placed, fc.boolean())),
      rollout: fc.option(fc.record({ placed, slot: fc.constantFrom(...SLOTS), from: fc.option(backend), parked: fc.boolean(), made: fc.boolean() })),
      adopted: fc.boolean(),
      returning: fc.boolean(),
    })
    .filter(isPossible)
    .map((given): Standing => {
      const slot = (name: Slot) => {
        const held = given[name]
        return held === null ? undefined : workload(`${app}-${name}`, held[0], identities.get(held[1]))
      }
      const journal = journalOf(app, given)
      const service: KubeObject | undefined =
        given.pointer === null
          ? undefined
          : { apiVersion: 'v1', kind: 'Service', metadata: { name: app, namespace: NAMESPACE, uid: 's' }, spec: { selector: { app, ...given.pointer } } }
      return {
        app,
        namespace: NAMESPACE,
        serviceName: app,
        service,
        slices: [],
        pods: [],
        slots: { blue: slot('blue'), green: slot('green') },
        plain: given.plain === null ? undefined : workload(app, given.plain, undefined),
        autoscaler: given.scaler === null ? undefined : scalerOf(app, given.scaler),
        kept: { journal, resourceVersion: '1' },
        seenAt: 0,
        neighbours: [],
        lease: { lease: undefined },
        others: [],
        budgets: [],
        policies: { items: [] },
        drivers: { items: [] },
      }
    })
}

const several = fc.integer({ min: 1, max: 3 }).chain((count) => fc.tuple(...NAMES.slice(0, count).map(standings)))
const wishes = fc.record({
  stopAfter: fc.constantFrom('verified' as const, 'switched' as const, 'complete' as const),
  standby: fc.constantFrom({ type: 'cold' as const }, { type: 'warm' as const }, { type: 'warm' as const, for: milliseconds(5_000) }),
  checks: fc.constantFrom([], ON_PODS),
  adoptCleanup: fc.boolean(),
})

/** Plans of releases and of ways back over the same snapshots. */
const plans = fc.tuple(several, wishes, version).map(([snapshot, changes, wanted]) => {
  const release = releaseOf(Object.fromEntries(snapshot.map(({ app }) => [app, { version: wanted, service: true }])))
  const back = planRollback(snapshot, options())
  return { snapshot, forward: planRelease(release, snapshot, options(changes)), again: planRelease(release, snapshot, options(changes)), back }
})

function each(plan: Pick<Plan, 'steps'>, holds: (step: Step, before: readonly Step[], after: readonly Step[]) => boolean): boolean {
  return plan.steps.every((step, index) => holds(step, plan.steps.slice(0, index), plan.steps.slice(index + 1)))
}

const RUNS = { numRuns: 1_000 }

describe('plans over any snapshot', () => {
  test('never move before the wait and the check they need, and the wait names what is moved to', () => {
    const right = (step: Step, before: readonly Step[]) => {
      if (step.type !== 'move') return true
      const [health] = step.needs
      const names =
        health?.type === 'await' &&
        health.targets.some(({ app, backend: to, replicas }) => app === step.app && isDeepStrictEqual(to, step.to) && replicas >= step.atLeast)
      return names && step.needs.every((needed) => before.includes(needed))
    }
    fc.assert(
      fc.property(plans, ({ forward, back }) => each(forward, right) && each(back, right)),
      RUNS,
    )
  })

  test('are equal for equal inputs', () => {
    fc.assert(
      fc.property(plans, ({ forward, again }) => isDeepStrictEqual(forward, again)),
      RUNS,
    )
  })

  test('never move to a backend that wants no Pods and is given none', () => {
    fc.assert(
      fc.property(plans, ({ snapshot, forward, back }) => {
        const right = (step: Step, before: readonly Step[]) => {
          if (step.type !== 'move') return true
          const { app, to } = step
          const standing = snapshot.find((known) => known.app === app)
          const made = before.findLast(
            (known) =>
              ((known.type === 'prepare' || known.type === 'empty') && to.type === 'slot' && known.app === app && known.slot === to.slot) ||
              (known.type === 'scale' && known.app === app && isDeepStrictEqual(known.backend, to)),
          )
          if (made !== undefined) return (made.type === 'prepare' || made.type === 'scale') && made.replicas > 0
          const held = to.type === 'slot' ? standing?.slots[to.slot] : standing?.plain
          // One that is not there at all is refused by the wait; nothing could be scaled.
          return step.atLeast > 0 && (held === undefined || held.wanted > 0)
        }
        return each(forward, right) && each(back, right)
      }),
      RUNS,
    )
  })

  test('verify all apps before the first new release moves, and move in the order of the apps', () => {
    fc.assert(
      fc.property(plans, ({ forward, snapshot }) => {
        const begun = forward.steps.findIndex(({ type }) => type === 'prepare' || type === 'hold')
        const moves = forward.steps.slice(Math.max(0, begun)).filter((step) => step.type === 'move')
        const last = forward.steps.findLastIndex(({ type }) => type === 'prepare')
        const order = moves.map(({ app }) => snapshot.findIndex((standing) => standing.app === app))
        return (
          (begun < 0 || moves.every((move) => forward.steps.indexOf(move) > last)) &&
          order.every((place, index) => index === 0 || place > (order[index - 1] ?? 0))
        )
      }),
      RUNS,
    )
  })

  test('go back in reverse, all pointers before the first Pod is taken', () => {
    fc.assert(
      fc.property(plans, ({ back, snapshot }) => {
        const steps: readonly Step[] = back.steps
        const moves = steps.filter((step) => step.type === 'move')
        const order = moves.map(({ app }) => snapshot.findIndex((standing) => standing.app === app))
        const taken = steps.findIndex(({ type }) => type === 'empty' || type === 'retire')
        const isLater = taken >= 0 && moves.some((move) => steps.indexOf(move) > taken)
        return !isLater && order.every((place, index) => index === 0 || place < (order[index - 1] ?? 0))
      }),
      RUNS,
    )
  })

  test('never take Pods from where the plan leads users', () => {
    fc.assert(
      fc.property(plans, ({ forward, back }) => {
        const right = (step: Step, before: readonly Step[]) => {
          if (step.type !== 'retire') return true
          const { app } = step
          const led = before.flatMap((known) =>
            known.type === 'move' && known.app === app ? [known.to] : known.type === 'prove' && known.app === app ? [known.backend] : [],
          )
          return !isDeepStrictEqual(led.at(-1), step.backend)
        }
        return each(forward, right) && each(back, right)
      }),
      RUNS,
    )
  })

  test('name every step that is needed, so that most snapshots have one', () => {
    const counted = fc.sample(plans, 200).filter(({ forward }) => forward.steps.some(({ type }) => type === 'move')).length
    expect(counted).toBeGreaterThan(40)
  })
})
