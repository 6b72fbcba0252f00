import { describe, expect, test } from 'vitest'
import { appText, NAMESPACE, releaseOf, Stage, web } from '../stage.ts'

const own = appText('web', { version: '0', service: true, autoscaler: true })
const pair = (version: string) => releaseOf({ web: { version, service: true }, api: { version, service: true } })
const SERVICE = { resource: { apiVersion: 'v1', kind: 'Service', plural: 'services', namespaced: true }, namespace: NAMESPACE, name: 'web' }

async function twice(warm = false): Promise<Stage> {
  const stage = new Stage()
  await stage.deploy(web('1'))
  await stage.deploy(web('2'), { standby: { type: warm ? 'warm' : 'cold' } })
  return stage
}

describe('the plan of a rollback', () => {
  test('to a warm standby is one move', async () => {
    expect(await (await twice(true)).rollbackText()).toMatchInlineSnapshot(`
      "
      shop/web - green is active (release 2), blue was before (release 1)
       1  wait up to 1m until web-blue is healthy
       2  move Service web from green to blue                                   needs: 1   undo: move back to green
       3  prove: every endpoint of web is a Pod of web-blue
       4  record that release 1 of web serves again
       5  retire web-green: drain 1s, scale to 0
      "
    `)
  })

  test('to a cold standby brings its Pods back first', async () => {
    expect(await (await twice()).rollbackText()).toMatchInlineSnapshot(`
      "
      shop/web - green is active (release 2), blue was before (release 1)
       1  scale web-blue to 2                                                   undo: scale web-blue to 0
       2  wait up to 1m until web-blue is healthy
       3  move Service web from green to blue                                   needs: 2   undo: move back to green
       4  prove: every endpoint of web is a Pod of web-blue
       5  record that release 1 of web serves again
       6  retire web-green: drain 1s, scale to 0
      "
    `)
  })

  test('to the Deployment from before leads to its own Pods', async () => {
    const stage = await new Stage().users(own)
    await stage.deploy(web('1'))
    expect(await stage.rollbackText()).toMatchInlineSnapshot(`
      "
      shop/web - blue is active (release 1), the Deployment from before was before (release 0)
       1  scale web to 2                                                        undo: scale web to 0
       2  wait up to 1m until web is healthy
       3  move Service web from blue to the Deployment from before              needs: 2   undo: move back to blue
       4  prove: every endpoint of web is a Pod of web
       5  point HPA web at web                                                  undo: point it back at web-blue
       6  record that release 0 of web serves again
       7  retire web-blue: drain 1s, scale to 0
      "
    `)
  })

  test('of two apps goes back in reverse of their order', async () => {
    const stage = new Stage()
    await stage.deploy(pair('1'))
    await stage.deploy(pair('2'))
    expect(await stage.rollbackText(['web', 'api'])).toMatchInlineSnapshot(`
      "
      shop/web - green is active (release 2), blue was before (release 1)
      shop/api - green is active (release 2), blue was before (release 1)
       1  scale api-blue to 2                                                   undo: scale api-blue to 0
       2  scale web-blue to 2                                                   undo: scale web-blue to 0
       3  wait up to 1m until api-blue and web-blue are healthy
       4  move Service api from green to blue                                   needs: 3   undo: move back to green
       5  prove: every endpoint of api is a Pod of api-blue
       6  move Service web from green to blue                                   needs: 3   undo: move back to green
       7  prove: every endpoint of web is a Pod of web-blue
       8  record that release 1 of api serves again
       9  record that release 1 of web serves again
      10  retire api-green: drain 1s, scale to 0
      11  retire web-green: drain 1s, scale to 0
      "
    `)
  })

  test('whose run was killed after its move goes on', async () => {
    const stage = await twice()
    await stage.rollback(['web'], 3)
    expect(await stage.rollbackText()).toMatchInlineSnapshot(`
      "
      shop/web - green is active (release 2), blue was before (release 1), and a rollback has moved users back to blue
       1  wait up to 1m until web-blue is healthy
       2  prove: every endpoint of web is a Pod of web-blue
       3  record that release 1 of web serves again
       4  retire web-green: drain 1s, scale to 0
      "
    `)
  })

  test('whose run was killed after its record retires the bad release', async () => {
    const stage = await twice()
    await stage.rollback(['web'], 5)
    expect(await stage.rollbackText()).toMatchInlineSnapshot(`
      "
      shop/web - blue is active (release 1), green was before (release 2)
       1  retire web-green: drain 1s, scale to 0
      "
    `)
  })

  test('of one parked before the move clears the slot', async () => {
    const stage = new Stage()
    await stage.deploy(web('1'))
    await stage.deploy(web('2'), { stopAfter: 'verified' })
    expect(await stage.rollbackText()).toMatchInlineSnapshot(`
      "
      shop/web - blue is active (release 1), release 2 is parked in green
       1  scale web-green to 0, wait until its Pods are gone
       2  delete Deployment web-green
       3  write down that the rollout of web was taken back
      "
    `)
  })

  test('of one parked after the move moves back first', async () => {
    const stage = await twice()
    await stage.deploy(web('3'), { stopAfter: 'switched' })
    expect(await stage.rollbackText()).toMatchInlineSnapshot(`
      "
      shop/web - green is active (release 2), blue was before (release 1), release 3 is parked in blue
       1  wait up to 1m until web-green is healthy
       2  move Service web from blue to green                                   needs: 1   undo: move back to blue
       3  prove: every endpoint of web is a Pod of web-green
       4  scale web-blue to 0, wait until its Pods are gone
       5  put back what web-blue held before
       6  write down that the rollout of web was taken back
      "
    `)
  })

  test('of an adoption that is parked gives all back in the one safe order', async () => {
    const stage = await new Stage().users(own)
    await stage.deploy(web('1'), { stopAfter: 'switched' })
    expect(await stage.rollbackText()).toMatchInlineSnapshot(`
      "
      shop/web - no release yet, release 1 is parked in blue
       1  wait up to 1m until web is healthy
       2  move Service web from blue to the Deployment from before              needs: 1   undo: move back to blue
       3  prove: every endpoint of web is a Pod of web
       4  point HPA web at web                                                  undo: point it back at web-blue
       5  scale web-blue to 0, wait until its Pods are gone
       6  give Service web its own selector back
       7  let Deployment web go again
       8  delete Deployment web-blue
       9  write down that the rollout of web was taken back
      "
    `)
  })
})

describe('a rollback is refused', () => {
  const CASES: readonly { readonly name: string; readonly stage: () => Promise<Stage>; readonly refused: string }[] = [
    { name: 'never released', stage: async () => new Stage(), refused: 'web: nothing to roll back to, it has never been released' },
    {
      name: 'a first release',
      stage: async () => {
        const stage = new Stage()
        await stage.deploy(web('1'))
        return stage
      },
      refused: 'web: nothing to roll back to, release 1 is the only one there is',
    },
    {
      name: 'a first release that is parked and has users',
      stage: async () => {
        const stage = new Stage()
        await stage.deploy(web('1'), { stopAfter: 'switched' })
        return stage
      },
      refused: 'web: nothing to roll back to, release 1 is its first',
    },
    {
      name: 'rolled back already',
      stage: async () => {
        const stage = await twice()
        await stage.rollback()
        return stage
      },
      refused: 'web: nothing to roll back to, release 2 was rolled back itself',
    },
    {
      name: 'the slot was deleted',
      stage: async () => {
        const stage = await twice()
        await stage.cluster.delete({
          resource: { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments', namespaced: true },
          namespace: NAMESPACE,
          name: 'web-blue',
        })
        return stage
      },
      refused: 'web: nothing to roll back to, web-blue does not hold release 1 any more',
    },
    {
      name: 'the slot was overwritten',
      stage: async () => {
        const stage = await twice()
        const blue = stage.find('Deployment', 'web-blue')
        if (blue !== undefined) stage.cluster.seed({ ...blue, metadata: { ...blue.metadata, annotations: { 'fairlead.dev/release': 'another' } } })
        return stage
      },
      refused: 'web: nothing to roll back to, web-blue does not hold release 1 any more',
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
      refused:
        'Service "shop/web": leads to every Pod of web, since somebody has taken the slot out of its selector, or another Service is meant; lead it to release 2 again with: kubectl -n shop patch service web --type=merge -p \'{"spec":{"selector":{"fairlead.dev/app":"web","fairlead.dev/slot":"green"}}}\'',
    },
  ]

  test.for(CASES)('$name', async ({ stage, refused }) => {
    expect(await (await stage()).rollbackText()).toBe(`refused: ${refused}`)
  })
})
