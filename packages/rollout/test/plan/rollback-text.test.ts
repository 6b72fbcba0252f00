import { describe, expect, test } from 'vitest'
import { appText, NAMESPACE, ON_PODS, releaseOf, Stage, web } from '../stage.ts'

const own = appText('web', { version: '0', service: true, autoscaler: true })
const pair = (version: string) => releaseOf({ web: { version, service: true }, api: { version, service: true } })
const SERVICE = { resource: { apiVersion: 'v1', kind: 'Service', plural: 'services', namespaced: true }, namespace: NAMESPACE, name: 'web' }

const record = (number: number) => ({
  resource: { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true },
  namespace: NAMESPACE,
  name: `fairlead.web.r${number}`,
})

async function thrice(...irreversible: readonly (string | undefined)[]): Promise<Stage> {
  const stage = new Stage()
  for (const version of ['1', '2', '3']) await stage.deploy(web(version), { irreversible: irreversible[Number(version) - 1] })
  return stage
}

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
       1  pin release 2 of web, so that it is not released again: rolled back
       2  wait up to 1m until web-blue is healthy
       3  move Service web from green to blue                                   needs: 2   undo: move back to green
       4  prove: every endpoint of web is a Pod of web-blue
       5  record that release 1 of web serves again
       6  retire web-green: drain 1s, scale to 0
      "
    `)
  })

  test('to a cold standby brings its Pods back first', async () => {
    expect(await (await twice()).rollbackText()).toMatchInlineSnapshot(`
      "
      shop/web - green is active (release 2), blue was before (release 1)
       1  pin release 2 of web, so that it is not released again: rolled back
       2  scale web-blue to 2                                                   undo: scale web-blue to 0
       3  wait up to 1m until web-blue is healthy
       4  move Service web from green to blue                                   needs: 3   undo: move back to green
       5  prove: every endpoint of web is a Pod of web-blue
       6  record that release 1 of web serves again
       7  retire web-green: drain 1s, scale to 0
      "
    `)
  })

  test('to the Deployment from before leads to its own Pods', async () => {
    const stage = await new Stage().users(own)
    await stage.deploy(web('1'))
    expect(await stage.rollbackText()).toMatchInlineSnapshot(`
      "
      shop/web - blue is active (release 1), the Deployment from before was before (release 0)
       1  pin release 1 of web, so that it is not released again: rolled back
       2  scale web to 2                                                        undo: scale web to 0
       3  wait up to 1m until web is healthy
       4  move Service web from blue to the Deployment from before              needs: 3   undo: move back to blue
       5  prove: every endpoint of web is a Pod of web
       6  point HPA web at web                                                  undo: point it back at web-blue
       7  record that release 0 of web serves again
       8  retire web-blue: drain 1s, scale to 0
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
       1  pin release 2 of api, so that it is not released again: rolled back
       2  pin release 2 of web, so that it is not released again: rolled back
       3  scale api-blue to 2                                                   undo: scale api-blue to 0
       4  scale web-blue to 2                                                   undo: scale web-blue to 0
       5  wait up to 1m until api-blue and web-blue are healthy
       6  move Service api from green to blue                                   needs: 5   undo: move back to green
       7  prove: every endpoint of api is a Pod of api-blue
       8  move Service web from green to blue                                   needs: 5   undo: move back to green
       9  prove: every endpoint of web is a Pod of web-blue
      10  record that release 1 of api serves again
      11  record that release 1 of web serves again
      12  retire api-green: drain 1s, scale to 0
      13  retire web-green: drain 1s, scale to 0
      "
    `)
  })

  test('whose run was killed after its move goes on', async () => {
    const stage = await twice()
    await stage.rollback(['web'], 4)
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
    await stage.rollback(['web'], 6)
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
       6  delete ConfigMap fairlead.web.r3
       7  write down that the rollout of web was taken back
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
       8  delete Deployment web-blue, ConfigMap fairlead.web.r1
       9  write down that the rollout of web was taken back
      "
    `)
  })
})

const DIGEST = `sha256:${'d'.repeat(64)}`

describe('the plan of a rollback to a release that is named', () => {
  test('takes an older one out of its record', async () => {
    expect(await (await thrice()).rollbackText(['web'], { to: ['1'], reason: 'it is slow' })).toMatchInlineSnapshot(`
      "
      shop/web - blue is active (release 3), green was before (release 2), back to release 1 from its record
       1  pin release 3 of web, so that it is not released again: it is slow
       2  write down that release 1 of web is on its way to green
       3  apply Deployment web-green with ghcr.io/shop/web:1, 2 replicas        undo: scale web-green to 0, put back what it held
       4  wait up to 1m until web-green is healthy
       5  move Service web from blue to green                                   needs: 4   undo: move back to blue
       6  prove: every endpoint of web is a Pod of web-green
       7  record that release 1 of web serves again
       8  retire web-blue: drain 1s, scale to 0
      "
    `)
  })

  test('by the tag of the one before is the rollback to it', async () => {
    expect(await (await thrice()).rollbackText(['web'], { to: ['web:2'] })).toMatchInlineSnapshot(`
      "
      shop/web - blue is active (release 3), green was before (release 2)
       1  pin release 3 of web, so that it is not released again: rolled back
       2  scale web-green to 2                                                  undo: scale web-green to 0
       3  wait up to 1m until web-green is healthy
       4  move Service web from blue to green                                   needs: 3   undo: move back to blue
       5  prove: every endpoint of web is a Pod of web-green
       6  record that release 2 of web serves again
       7  retire web-blue: drain 1s, scale to 0
      "
    `)
  })

  test('that serves already does nothing', async () => {
    expect(await (await thrice()).rollbackText(['web'], { to: ['3'] })).toMatchInlineSnapshot(`
      "
      shop/web - blue is active (release 3), green was before (release 2)
      nothing to do: release 3 of web serves already
      "
    `)
  })

  test('asks its Pods where that is wanted', async () => {
    expect(await (await thrice()).rollbackText(['web'], { to: ['1'], checks: ON_PODS })).toMatchInlineSnapshot(`
      "
      shop/web - blue is active (release 3), green was before (release 2), back to release 1 from its record
       1  pin release 3 of web, so that it is not released again: rolled back
       2  write down that release 1 of web is on its way to green
       3  apply Deployment web-green with ghcr.io/shop/web:1, 2 replicas        undo: scale web-green to 0, put back what it held
       4  wait up to 1m until web-green is healthy
       5  check web-green: GET /healthz on every Pod: 200 within 2s, once
       6  move Service web from blue to green                                   needs: 4, 5   undo: move back to blue
       7  prove: every endpoint of web is a Pod of web-green
       8  record that release 1 of web serves again
       9  retire web-blue: drain 1s, scale to 0
      "
    `)
  })

  test('ends what is on its way first', async () => {
    const stage = await thrice()
    await stage.deploy(web('4'), { stopAfter: 'switched' })
    expect(await stage.rollbackText(['web'], { to: ['1'] })).toMatchInlineSnapshot(`
      "
      shop/web - blue is active (release 3), green was before (release 2), release 4 is parked in green, back to release 1 from its record
       1  pin release 3 of web, so that it is not released again: rolled back
       2  wait up to 1m until web-blue is healthy
       3  move Service web from green to blue                                   needs: 2   undo: move back to green
       4  prove: every endpoint of web is a Pod of web-blue
       5  scale web-green to 0, wait until its Pods are gone
       6  put back what web-green held before
       7  delete ConfigMap fairlead.web.r4
       8  write down that the rollout of web was taken back
       9  write down that release 1 of web is on its way to green
      10  apply Deployment web-green with ghcr.io/shop/web:1, 2 replicas        undo: scale web-green to 0, put back what it held
      11  wait up to 1m until web-green is healthy
      12  move Service web from blue to green                                   needs: 11   undo: move back to blue
      13  prove: every endpoint of web is a Pod of web-green
      14  record that release 1 of web serves again
      15  retire web-blue: drain 1s, scale to 0
      "
    `)
  })

  test('goes on where an earlier run was killed', async () => {
    const stage = await thrice()
    await stage.rollback(['web'], 6, { to: ['1'] })
    expect(await stage.rollbackText(['web'], { to: ['1'] })).toMatchInlineSnapshot(`
      "
      shop/web - blue is active (release 3), green was before (release 2), release 1 is on its way in green, back to release 1 from its record
       1  wait up to 1m until web-green is healthy
       2  prove: every endpoint of web is a Pod of web-green
       3  record that release 1 of web serves again
       4  retire web-blue: drain 1s, scale to 0
      "
    `)
    expect(await stage.rollbackText()).toBe(await stage.rollbackText(['web'], { to: ['1'] }))
  })

  test('without a name goes no further where it has gone back already: a job that is run again changes nothing', async () => {
    const stage = await thrice()
    await stage.rollback()
    const before = stage.picture()
    const { plan } = (await stage.rollback()) ?? {}
    expect([plan?.nothing, stage.picture()]).toEqual(['release 2 of web serves already, gone back to before; to go further, name a release in `to`', before])
  })

  test('of two apps goes by the numbers of each', async () => {
    const stage = new Stage()
    for (const version of ['1', '2', '3']) await stage.deploy(pair(version))
    expect(await stage.rollbackText(['web', 'api'], { to: ['web=1', 'api=2'] })).toMatchInlineSnapshot(`
      "
      shop/web - blue is active (release 3), green was before (release 2), back to release 1 from its record
      shop/api - blue is active (release 3), green was before (release 2)
       1  pin release 3 of api, so that it is not released again: rolled back
       2  pin release 3 of web, so that it is not released again: rolled back
       3  scale api-green to 2                                                  undo: scale api-green to 0
       4  write down that release 1 of web is on its way to green
       5  apply Deployment web-green with ghcr.io/shop/web:1, 2 replicas        undo: scale web-green to 0, put back what it held
       6  wait up to 1m until api-green and web-green are healthy
       7  move Service api from blue to green                                   needs: 6   undo: move back to blue
       8  prove: every endpoint of api is a Pod of api-green
       9  move Service web from blue to green                                   needs: 6   undo: move back to blue
      10  prove: every endpoint of web is a Pod of web-green
      11  record that release 2 of api serves again
      12  record that release 1 of web serves again
      13  retire api-blue: drain 1s, scale to 0
      14  retire web-blue: drain 1s, scale to 0
      "
    `)
  })
})

describe('a rollback to a release that is named is refused', () => {
  const CASES: readonly { readonly name: string; readonly stage: () => Promise<Stage>; readonly to: string; readonly refused: string }[] = [
    {
      name: 'a number nobody knows',
      stage: async () => await thrice(),
      to: '7',
      refused: 'web: no release is known by 7, expected one of 3 (ghcr.io/shop/web:3), 2 (ghcr.io/shop/web:2), 1 (ghcr.io/shop/web:1)',
    },
    {
      name: 'a digest nobody knows',
      stage: async () => await twice(),
      to: DIGEST,
      refused: 'web: no release is known by sha256:dddddddddddd..., expected one of 2 (ghcr.io/shop/web:2), 1 (ghcr.io/shop/web:1)',
    },
    {
      name: 'a tag that two releases run',
      stage: async () => {
        const stage = await twice()
        await stage.deploy(web('2', { autoscaler: true }))
        return stage
      },
      to: 'web:2',
      refused: 'web: web:2 is what several releases run, expected one by its number: 3 (ghcr.io/shop/web:2), 2 (ghcr.io/shop/web:2)',
    },
    {
      name: 'the record is gone',
      stage: async () => {
        const stage = await thrice()
        await stage.cluster.delete(record(1))
        return stage
      },
      to: '1',
      refused: 'web: release 1 cannot be gone back to, its record fairlead.web.r1 is gone',
    },
    {
      name: 'an irreversible release is between',
      stage: async () => await thrice(undefined, 'drops column x'),
      to: '1',
      refused: 'web: there is no way back from release 2, it is irreversible: drops column x',
    },
  ]

  test.for(CASES)('$name', async ({ stage, to, refused }) => {
    expect(await (await stage()).rollbackText(['web'], { to: [to] })).toBe(`refused: ${refused}`)
  })

  test('what serves is irreversible, so nothing before it', async () => {
    const stage = await thrice(undefined, undefined, 'drops column x')
    expect(await stage.rollbackText()).toBe('refused: web: there is no way back from release 3, it is irreversible: drops column x')
    expect(await stage.rollbackText(['web'], { to: ['3'] })).toContain('nothing to do')
  })

  test('one that is irreversible and on its way, once it has users', async () => {
    const parked = async (stopAfter: 'verified' | 'switched') => {
      const stage = await twice()
      await stage.deploy(web('3'), { stopAfter, irreversible: 'drops column x' })
      return await stage.rollbackText()
    }
    expect(await parked('switched')).toBe('refused: web: there is no way back from release 3, it is irreversible: drops column x')
    expect(await parked('verified')).toContain('write down that the rollout of web was taken back')
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
      name: 'the slot was deleted',
      stage: async () => {
        const stage = await twice()
        await stage.cluster.delete({
          resource: { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments', namespaced: true },
          namespace: NAMESPACE,
          name: 'web-blue',
        })
        await stage.cluster.delete(record(1))
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
        await stage.cluster.delete(record(1))
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
