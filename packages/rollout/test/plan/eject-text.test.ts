import { parseManifests } from '@fairlead/kube'
import { describe, expect, test } from 'vitest'
import { describePlan, planEject, planRollback, releaseFromManifests, type RolloutOptions } from '../../src/index.ts'
import { appText, NAMESPACE, ON_PODS, ON_SERVICE, options, releaseOf, Stage, web } from '../stage.ts'

const own = appText('web', { version: '0', service: true, autoscaler: true })
const CONFIG = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {colour: blue}\n'
const SERVICE = { resource: { apiVersion: 'v1', kind: 'Service', plural: 'services', namespaced: true }, namespace: NAMESPACE, name: 'web' }
const DEPLOYMENTS = { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments', namespaced: true }

async function ejectText(stage: Stage, apps: readonly string[] = ['web'], changes: Partial<RolloutOptions> = {}): Promise<string> {
  const plan = planEject(await stage.observe(apps), options(changes))
  return plan.refused === undefined ? `\n${[...describePlan(plan), '', ...plan.notes].join('\n')}\n` : `refused: ${plan.refused}`
}

async function twice(): Promise<Stage> {
  const stage = new Stage()
  await stage.deploy(web('1'))
  await stage.deploy(web('2'))
  return stage
}

describe('the plan of an eject', () => {
  test('makes a Deployment where there was none before', async () => {
    expect(await ejectText(await twice())).toMatchInlineSnapshot(`
      "
      shop/web - green is active (release 2)
       1  write down that web is on its way out, and what of it is its user's own
       2  make Deployment web of what web-green runs, 2 replicas                undo: scale web to 0
       3  hold Deployment web, so that nothing replaces the Pods that serve     undo: let Deployment web go again
       4  wait up to 1m until web is healthy
       5  move Service web from green to Deployment web                         needs: 4   undo: move back to green
       6  prove: every endpoint of web is a Pod of web
       7  write down that web serves from Deployment web
       8  settle 1s: nodes and proxies follow
       9  soak 2s: restarts, endpoints
      10  retire web-blue and web-green: drain 1s, scale to 0, wait until the Pods are gone
      11  give Service web its own selector back, prove that it leads to Pods of Deployment web alone
      12  let Deployment web go again
      13  delete Deployment web-blue, Deployment web-green, the records, the journal and the lock of web; give up every field of what stays

      What stays of shop/web is Deployment web and Service web, with what release 2 runs.
      What is gone afterwards: web-blue, web-green, the records, the journal and the lock, and with them every way back (to release 1).
      "
    `)
  })

  test('puts the release into the Deployment from before, and hands the HPA over', async () => {
    const stage = await new Stage().users(own)
    await stage.deploy(web('1'))
    expect(await ejectText(stage, ['web'], { checks: [...ON_PODS, ...ON_SERVICE] })).toMatchInlineSnapshot(`
      "
      shop/web - blue is active (release 1)
       1  write down that web is on its way out, and what of it is its user's own
       2  put what web-blue runs into Deployment web, 2 replicas                undo: scale web to 0
       3  hold Deployment web, so that nothing replaces the Pods that serve     undo: let Deployment web go again
       4  wait up to 1m until web is healthy
       5  check web: GET /healthz on every Pod: 200 within 2s, once
       6  move Service web from blue to Deployment web                          needs: 4, 5   undo: move back to blue
       7  prove: every endpoint of web is a Pod of web
       8  write down that web serves from Deployment web
       9  point HPA web at web                                                  undo: point it back at web-blue
      10  settle 1s: nodes and proxies follow
      11  soak 2s: checks on web, restarts, endpoints
      12  retire web-blue: drain 1s, scale to 0, wait until the Pods are gone
      13  give Service web its own selector back, prove that it leads to Pods of Deployment web alone
      14  let Deployment web go again
      15  delete Deployment web-blue, the records, the journal and the lock of web; give up every field of what stays

      What stays of shop/web is Deployment web and Service web, with what release 1 runs.
      What is gone afterwards: web-blue, the records, the journal and the lock, and with them every way back (to release 0).
      "
    `)
  })

  test('makes configuration under its own name again', async () => {
    const stage = new Stage()
    const text = appText('web', { version: '1', service: true }).replace(
      'image: ghcr.io/shop/web:1',
      'image: ghcr.io/shop/web:1\n          envFrom: [{configMapRef: {name: settings}}]',
    )
    await stage.deploy(
      releaseFromManifests(parseManifests([{ file: 'shop.yaml', text: `${text}---\n${CONFIG}` }]), {
        apps: ['web'],
        services: new Map([['web', 'web']]),
        namespace: NAMESPACE,
      }),
    )
    expect(await ejectText(stage)).toMatchInlineSnapshot(`
      "
      shop/web - blue is active (release 1)
       1  write down that web is on its way out, and what of it is its user's own
       2  copy ConfigMap settings-09e348ebdc back to its user's own name, unless that is taken
       3  make Deployment web of what web-blue runs, 2 replicas                 undo: scale web to 0
       4  hold Deployment web, so that nothing replaces the Pods that serve     undo: let Deployment web go again
       5  wait up to 1m until web is healthy
       6  move Service web from blue to Deployment web                          needs: 5   undo: move back to blue
       7  prove: every endpoint of web is a Pod of web
       8  write down that web serves from Deployment web
       9  settle 1s: nodes and proxies follow
      10  soak 2s: restarts, endpoints
      11  retire web-blue: drain 1s, scale to 0, wait until the Pods are gone
      12  give Service web its own selector back, prove that it leads to Pods of Deployment web alone
      13  let Deployment web go again
      14  delete Deployment web-blue, the records, the journal and the lock of web; give up every field of what stays

      What stays of shop/web is Deployment web and Service web, with what release 1 runs.
      What is gone afterwards: web-blue, the records, the journal and the lock.
      "
    `)
  })

  test('after a rollback to the Deployment from before has nobody to move', async () => {
    const stage = await new Stage().users(own)
    await stage.deploy(web('1'))
    await stage.rollback()
    expect(await ejectText(stage)).toMatchInlineSnapshot(`
      "
      shop/web - Deployment web is active (release 0)
       1  hold Deployment web, so that nothing replaces the Pods that serve     undo: let Deployment web go again
       2  prove: every endpoint of web is a Pod of web
       3  give Service web its own selector back, prove that it leads to Pods of Deployment web alone
       4  let Deployment web go again
       5  delete Deployment web-blue, the records, the journal and the lock of web; give up every field of what stays

      What stays of shop/web is Deployment web and Service web, with what release 0 runs.
      What is gone afterwards: web-blue, the records, the journal and the lock, the pin on release 1, and with them every way back (to release 1).
      "
    `)
  })

  test('of two apps takes one after the other', async () => {
    const stage = new Stage()
    await stage.deploy(releaseOf({ web: { version: '1', service: true }, api: { version: '1', service: true } }))
    expect((await ejectText(stage, ['web', 'api'])).split('\n').filter((line) => / move | let | delete /.test(line))).toMatchInlineSnapshot(`
      [
        " 3  hold Deployment web, so that nothing replaces the Pods that serve     undo: let Deployment web go again",
        " 5  move Service web from blue to Deployment web                          needs: 4   undo: move back to blue",
        "12  let Deployment web go again",
        "13  delete Deployment web-blue, the records, the journal and the lock of web; give up every field of what stays",
        "16  hold Deployment api, so that nothing replaces the Pods that serve     undo: let Deployment api go again",
        "18  move Service api from blue to Deployment api                          needs: 17   undo: move back to blue",
        "25  let Deployment api go again",
        "26  delete Deployment api-blue, the records, the journal and the lock of api; give up every field of what stays",
      ]
    `)
  })
})

describe('an eject is refused', () => {
  const CASES: readonly { readonly name: string; readonly stage: () => Promise<Stage>; readonly refused: string }[] = [
    { name: 'never released', stage: async () => new Stage(), refused: 'web: there is nothing to eject, it has never been released' },
    {
      name: 'one is parked',
      stage: async () => {
        const stage = await twice()
        await stage.deploy(web('3'), { stopAfter: 'verified' })
        return stage
      },
      refused: 'web: release 3 is parked in blue, expected nothing in between; roll it back first, or let it arrive',
    },
    {
      name: 'a rollback was left halfway',
      stage: async () => {
        const stage = await twice()
        const { steps } = planRollback(await stage.observe(), options())
        await stage.rollback(['web'], steps.findIndex(({ type }) => type === 'move') + 1)
        return stage
      },
      refused: 'web: a rollback was left halfway, expected nothing in between; run it again first',
    },
    {
      name: 'somebody has moved the pointer',
      stage: async () => {
        const stage = await twice()
        await stage.cluster.patch(SERVICE, [{ op: 'add', path: '/spec/selector/fairlead.dev~1slot', value: 'blue' }], { manager: 'kubectl' })
        return stage
      },
      refused: 'web: Service web leads to blue, expected green as release 2 left it: somebody has moved it',
    },
    {
      name: 'somebody has opened the Service',
      stage: async () => {
        const stage = await twice()
        await stage.cluster.patch(SERVICE, [{ op: 'add', path: '/spec/selector', value: { app: 'web' } }], { manager: 'kubectl' })
        return stage
      },
      refused: `Service "shop/web": leads to every Pod of web, since somebody has taken the slot out of its selector, or another Service is meant; lead it to release 2 again with: kubectl -n shop patch service web --type=merge -p '{"spec":{"selector":{"fairlead.dev/app":"web","fairlead.dev/slot":"green"}}}'`,
    },
    {
      name: 'the slot was overwritten',
      stage: async () => {
        const stage = await twice()
        const green = stage.find('Deployment', 'web-green')
        if (green !== undefined) stage.cluster.seed({ ...green, metadata: { ...green.metadata, annotations: { 'fairlead.dev/release': 'another' } } })
        return stage
      },
      refused: 'Deployment "shop/web-green": does not hold release 2 any more, as the journal says; release again first',
    },
    {
      name: 'the slot was scaled to nobody',
      stage: async () => {
        const stage = await twice()
        await stage.cluster.patch({ resource: DEPLOYMENTS, namespace: NAMESPACE, name: 'web-green' }, [{ op: 'add', path: '/spec/replicas', value: 0 }], {
          manager: 'kubectl',
        })
        return stage
      },
      refused: 'Deployment "shop/web-green": nobody answers, expected at least one Pod that is available, got 0 of 0',
    },
    {
      name: 'a Deployment of its name was made since',
      stage: async () => await (await twice()).users(appText('web', { version: '9' })),
      refused:
        'Deployment "shop/web": is none that we hold, expected the one from before or none, got one that somebody has made since; delete it if nobody needs it',
    },
    {
      name: 'the Deployment from before knows its Pods by other labels',
      stage: async () => {
        const stage = await new Stage().users(appText('web', { version: '0', service: true }).replaceAll('{app: web}}', '{app: web, tier: front}}'))
        await stage.deploy(web('1'))
        return stage
      },
      refused: 'Deployment "shop/web": its selector does not meet the Pods of web-blue, and cannot change; delete it, and a new one is made',
    },
    {
      name: "another app's Pods carry the labels of the Service",
      stage: async () => await (await twice()).users(appText('cron', { version: '1' }).replaceAll('{app: cron}}', '{app: web, job: cron}}')),
      refused:
        'Service "shop/web": its own selector would also lead to cron-16x865d-0, cron-16x865d-1, expected Pods of web only; give it labels that only this app has',
    },
  ]

  test.for(CASES)('$name', async ({ stage, refused }) => {
    expect(await ejectText(await stage())).toBe(`refused: ${refused}`)
  })
})
