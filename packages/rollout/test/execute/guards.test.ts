import { FakeCluster, type FakeRequest } from '@fairlead/kube/testing'
import type { KubeObject, PatchOperation } from '@fairlead/kube'
import { describe, expect, test } from 'vitest'
import { fenceApp, observeApps, readJournal, runRollout, type Plan, type RolloutOutcome } from '../../src/index.ts'
import { appText, HELD, NAMESPACE, releaseOf, Stage, web } from '../stage.ts'

const DEPLOYMENTS = { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments', namespaced: true }
const SERVICE = { resource: { apiVersion: 'v1', kind: 'Service', plural: 'services', namespaced: true }, namespace: NAMESPACE, name: 'web' }
const PLACE = { namespace: NAMESPACE, app: 'web' }
const own = appText('web', { version: '0', service: true })

function patchDeployment(stage: Stage, name: string, ...operations: readonly PatchOperation[]): Promise<KubeObject> {
  return stage.cluster.patch({ resource: DEPLOYMENTS, namespace: NAMESPACE, name }, operations, { manager: 'kubectl' })
}

/** Lets somebody else act when a step is announced, once. */
function when(stage: Stage, text: string, act: () => Promise<unknown>): { done: Promise<unknown> | undefined } {
  const state: { done: Promise<unknown> | undefined } = { done: undefined }
  stage.listener = (line) => {
    if (line.includes(text) && !line.includes('done in')) state.done ??= act()
  }
  return state
}

const replicas = (stage: Stage, name: string) => (stage.find('Deployment', name)?.spec as { readonly replicas?: number } | undefined)?.replicas
const selector = (stage: Stage) => (stage.find('Service', 'web')?.spec as { readonly selector?: object } | undefined)?.selector
const slotted = (slot: string) => ({ app: 'web', 'fairlead.dev/app': 'web', 'fairlead.dev/slot': slot })
const refusedAt = ({ forward }: RolloutOutcome) => forward.records.find(({ state }) => state === 'failed')

async function twice(): Promise<Stage> {
  const stage = new Stage()
  await stage.deploy(web('1'))
  await stage.deploy(web('2'), { standby: { type: 'warm' } })
  return stage
}

describe('traffic', () => {
  test('is not moved by a plan whose wait was taken out', async () => {
    const stage = new Stage()
    await stage.deploy(web('1'))
    const plan = await stage.planFor(web('2'))
    const { forward } = await stage.run({ ...plan, steps: plan.steps.filter(({ type }) => type !== 'await') }, await stage.observe())
    expect([forward.ended, refusedAt({ forward } as RolloutOutcome)?.step.type, selector(stage)]).toEqual(['blind', 'move', slotted('blue')])
  })

  test('is not moved to fewer Pods than were planned, because somebody scaled the candidate down', async () => {
    const stage = new Stage()
    await stage.deploy(web('1'))
    when(stage, 'wait up to', () => patchDeployment(stage, 'web-green', { op: 'add', path: '/spec/replicas', value: 1 }))
    const outcome = await stage.deploy(web('2'))
    expect([refusedAt(outcome)?.step.type, refusedAt(outcome)?.result?.text]).toEqual([
      'await',
      'web-green has fewer healthy Pods than the 2 that are to serve: somebody has scaled it down',
    ])
    expect(selector(stage)).toEqual(slotted('blue'))
  })

  test('is moved to as many Pods as serve by then, where an autoscaler decides', async () => {
    const stage = new Stage()
    await stage.deploy(web('1', { autoscaler: true }))
    when(stage, 'wait up to', () => patchDeployment(stage, 'web-blue', { op: 'add', path: '/spec/replicas', value: 5 }))
    const { forward } = await stage.deploy(web('2', { autoscaler: true }))
    expect([forward.ended, replicas(stage, 'web-green')]).toEqual(['complete', 5])
  })
})

describe('what is retired', () => {
  test('is left alone where somebody has led users back to it meanwhile', async () => {
    const stage = new Stage()
    await stage.deploy(web('1'))
    when(stage, 'retire web-blue', () =>
      stage.cluster.patch(SERVICE, [{ op: 'replace', path: '/spec/selector', value: slotted('blue') }], { manager: 'kubectl' }),
    )
    await stage.deploy(web('2'))
    expect(replicas(stage, 'web-blue')).toBe(2)
  })

  test('is left alone by a run that was overtaken while it drained', async () => {
    const stage = new Stage()
    await stage.deploy(web('1'))
    when(stage, 'retire web-blue', async () => {
      await fenceApp(stage.cluster, { ...PLACE, services: ['web'] }, 99)
    })
    const { forward } = await stage.deploy(web('2'))
    expect([forward.fault?.code, replicas(stage, 'web-blue')]).toEqual(['CONFLICT', 2])
  })

  test('is never what users were led to by hand: that is written down as what serves', async () => {
    const stage = await twice()
    await stage.cluster.patch(SERVICE, [{ op: 'replace', path: '/spec/selector', value: slotted('blue') }], { manager: 'kubectl' })
    await stage.deploy(web('1'))
    const { journal } = await readJournal(stage.cluster, PLACE)
    expect([replicas(stage, 'web-blue'), journal.active?.release.number, journal.active?.backend]).toEqual([2, 1, { type: 'slot', slot: 'blue' }])
  })
})

describe('what a killed run has left behind', () => {
  test('of an adoption is retired by the next release, whichever that is', async () => {
    const stage = await new Stage().users(own)
    stage.listener = (line) => {
      if (line.includes('retire web')) stage.cluster.script.outage()
    }
    await stage.deploy(web('1'))
    stage.listener = () => undefined
    stage.cluster.script.outage(false)
    expect(replicas(stage, 'web')).toBe(2)
    const { forward } = await stage.deploy(web('2'))
    expect([forward.ended, replicas(stage, 'web')]).toEqual(['complete', 0])
  })

  test('and another run has taken over is that run’s to tell: what looks like a no in the soak is none', async () => {
    const stage = await twice()
    let back: Promise<unknown> | undefined
    stage.listener = (line) => {
      if (line.includes('soak') && !line.includes('done in')) back ??= stage.rollback()
    }
    const { forward, wayBack } = await stage.deploy(web('3'), { soak: 20_000 as never })
    await back
    expect([forward.ended, wayBack, selector(stage)]).toEqual(['overtaken', undefined, slotted('green')])
  })
})

describe('a slot that is emptied', () => {
  test('keeps the Service narrow as long as one of its Pods is there', async () => {
    const stage = await new Stage().users(own)
    await stage.deploy(web('1'), { stopAfter: 'verified' })
    const narrowed = selector(stage)
    for (const { kind, metadata } of stage.cluster
      .objects()
      .filter(({ kind, metadata }) => kind === 'Pod' && metadata.labels?.['fairlead.dev/slot'] === 'blue')) {
      const resource = { apiVersion: 'v1', kind, plural: 'pods', namespaced: true }
      await stage.cluster.patch(
        { resource, namespace: NAMESPACE, name: metadata.name },
        [{ op: 'add', path: '/metadata/finalizers', value: ['x.example/y'] }],
        {
          manager: 'kubectl',
        },
      )
    }
    const outcome = await stage.rollback()
    expect([outcome === undefined ? undefined : refusedAt(outcome)?.step.type, selector(stage)]).toEqual(['empty', narrowed])
  })

  test('is not empty before its controllers have heard of it', async () => {
    const stage = new Stage()
    const cluster = new FakeCluster({ clock: stage.clock, namespaces: [NAMESPACE] })
    const spec = { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [] } } }
    cluster.seed({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web-green', namespace: NAMESPACE, uid: 'd', generation: 1 },
      spec,
    })
    const plan: Plan = { title: [], steps: [{ type: 'empty', app: 'web', slot: 'green' }], notes: [] }
    const world = {
      cluster,
      web: undefined as never,
      clock: stage.clock,
      signal: new AbortController().signal,
      namespace: NAMESPACE,
      held: HELD,
      say: () => undefined,
    }
    const { forward } = await stage.through(
      runRollout(plan, await observeApps(cluster, NAMESPACE, { apps: [{ app: 'web', service: 'web' }], now: new Date(0) }), {
        world,
        options: { rollbackTimeout: 60_000 as never },
      }),
    )
    expect(forward.ended).toBe('refused')
  })
})

describe('an adoption', () => {
  test('holds only what has rolled to the template there is', async () => {
    const stage = await new Stage().users(own)
    let edited: Promise<unknown> | undefined
    stage.cluster.script.intercept(async (request: FakeRequest) => {
      if (request.verb !== 'get' || request.kind !== 'Deployment' || edited !== undefined) return
      edited = patchDeployment(stage, 'web', { op: 'add', path: '/spec/template/metadata/annotations', value: { edited: 'yes' } })
      await edited
    })
    const { forward } = await stage.deploy(web('1'))
    const sets = stage.cluster
      .objects()
      .filter(({ kind, metadata }) => kind === 'ReplicaSet' && metadata.name.startsWith('web-') && !/-(?:blue|green)-/.test(metadata.name))
    expect([forward.ended, sets.length]).toEqual(['complete', 2])
  })

  test('is refused where the Service also leads to a Pod of nobody', async () => {
    const stage = await new Stage().users(own)
    const before = selector(stage)
    stage.cluster.seed({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'loner', namespace: NAMESPACE, uid: 'p', labels: { app: 'web' } },
      status: { podIP: '10.0.0.9', conditions: [{ type: 'Ready', status: 'True' }] },
    })
    await stage.cluster.patch(SERVICE, [{ op: 'add', path: '/metadata/labels', value: { touched: 'yes' } }], { manager: 'kubectl' })
    const outcome = await stage.deploy(web('1'))
    expect([refusedAt(outcome)?.step.type, refusedAt(outcome)?.result?.text.includes('Pod loner'), selector(stage)]).toEqual(['narrow', true, before])
  })

  test('does not let go what somebody else has paused', async () => {
    const stage = await new Stage().users(own)
    when(stage, 'hold Deployment', () => patchDeployment(stage, 'web', { op: 'add', path: '/spec/paused', value: true }))
    const outcome = await stage.deploy(web('1'))
    expect([refusedAt(outcome)?.step.type, (stage.find('Deployment', 'web')?.spec as { readonly paused?: boolean } | undefined)?.paused]).toEqual([
      'hold',
      true,
    ])
  })

  test('is not begun anew where a release is known to serve', async () => {
    const stage = await new Stage().users(own)
    await stage.deploy(web('1'))
    await stage.cluster.patch(SERVICE, [{ op: 'replace', path: '/spec/selector', value: { app: 'web' } }], { manager: 'kubectl' })
    const plan = await stage.planFor(web('2'))
    expect(plan.steps.map(({ type }) => type)).not.toContain('hold')
  })
})

describe('the same release again', () => {
  test('is not unchanged where somebody has set another image', async () => {
    const stage = new Stage()
    await stage.deploy(web('1'))
    await patchDeployment(stage, 'web-blue', { op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'ghcr.io/shop/web:9' })
    expect((await stage.planFor(web('1'))).nothing).toBe(undefined)
  })

  test('is not unchanged where something else answers beside it', async () => {
    const stage = new Stage()
    await stage.deploy(web('1'))
    stage.cluster.seed({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'web-foreign', namespace: NAMESPACE, labels: { 'kubernetes.io/service-name': 'web' } },
      addressType: 'IPv4',
      endpoints: [],
    } as KubeObject)
    expect((await stage.planFor(web('1'))).nothing).toBe(undefined)
  })
})

describe('what accompanies a release', () => {
  test('is given back what it had when the release is refused', async () => {
    const stage = new Stage()
    const notes = (text: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: notes}\ndata: {text: ${text}}\n`
    await stage.deploy(releaseOf({ web: { version: '1', service: true } }, notes('old')))
    await stage.deploy(releaseOf({ web: { version: 'sick', service: true } }, notes('new')))
    expect(stage.find('ConfigMap', 'notes')).toMatchObject({ data: { text: 'old' } })
  })
})

describe('the release before', () => {
  test('is still there after a parked release gave way to one that was refused', async () => {
    const stage = new Stage()
    await stage.deploy(web('1'))
    await stage.deploy(web('2'))
    await stage.deploy(web('3'), { stopAfter: 'verified' })
    await stage.deploy(web('4-sick'))
    const back = await stage.rollback()
    expect([back?.forward.ended, selector(stage)]).toEqual(['complete', slotted('blue')])
  })

  test('is not taken from an autoscaler that somebody else has pointed elsewhere', async () => {
    const stage = new Stage()
    await stage.deploy(web('1', { autoscaler: true }))
    const resource = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', plural: 'horizontalpodautoscalers', namespaced: true }
    when(stage, 'point HPA', () =>
      stage.cluster.patch({ resource, namespace: NAMESPACE, name: 'web' }, [{ op: 'replace', path: '/spec/scaleTargetRef/name', value: 'theirs' }], {
        manager: 'kubectl',
      }),
    )
    await stage.deploy(web('2', { autoscaler: true }))
    expect(
      (stage.find('HorizontalPodAutoscaler', 'web')?.spec as { readonly scaleTargetRef: { readonly name: string } } | undefined)?.scaleTargetRef.name,
    ).toBe('theirs')
  })

  test('is kept warm until its time is over, and no longer', async () => {
    const stage = new Stage()
    await stage.deploy(web('1'))
    await stage.deploy(web('2'), { standby: { type: 'warm', for: 3_600_000 as never } })
    await stage.deploy(web('2'), { standby: { type: 'warm', for: 3_600_000 as never } })
    expect(replicas(stage, 'web-blue')).toBe(2)
    await stage.clock.advance(3_700_000)
    await stage.deploy(web('2'), { standby: { type: 'warm', for: 3_600_000 as never } })
    expect(replicas(stage, 'web-blue')).toBe(0)
  })

  test('that somebody has deleted needs no retiring', async () => {
    const stage = new Stage()
    await stage.deploy(web('1'))
    when(stage, 'retire web-blue', async () => {
      await stage.cluster.delete({ resource: DEPLOYMENTS, namespace: NAMESPACE, name: 'web-blue' })
      // So a real API server answers an apply of nothing but replicas.
      stage.cluster.script.fail({ verb: 'apply', name: 'web-blue' }, { code: 422, reason: 'Invalid', message: 'spec.selector: Required value' })
    })
    const { forward } = await stage.deploy(web('2'))
    expect([forward.ended, forward.records.at(-1)?.result?.text]).toEqual(['complete', 'web-blue is gone already'])
  })

  test('is never the way out of two releases at once', async () => {
    const stage = new Stage()
    const pair = (api: string) => releaseOf({ web: { version: '1', service: true }, api: { version: api, service: true } })
    await stage.deploy(pair('1'))
    await stage.deploy(pair('2'), { stopAfter: 'verified' })
    expect(await stage.rollbackText(['web', 'api'])).toBe('refused: api is on its way and web is not, expected both or neither; roll api back first, then web')
  })
})
