import { milliseconds } from '@fairlead/base'
import { describe, expect, test } from 'vitest'
import { appText, budgetText, ON_PODS, releaseOf, Stage, web } from '../stage.ts'

const pair = (version: string) => releaseOf({ web: { version, service: true }, api: { version, service: true } })
const own = appText('web', { version: '0', service: true })
const CONFIG = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: extra}\ndata: {a: b}\n'

describe('the plan of a release', () => {
  test('puts a first one into blue and leads the new Service to it', async () => {
    expect(await new Stage().text(releaseOf({ web: { version: '1', service: true } }, CONFIG))).toMatchInlineSnapshot(`
      "
      shop/web - nothing serves yet, web-blue is idle
       1  write down that release 1 of web is on its way to blue
       2  apply Service web, ConfigMap extra                                    undo: give back what was changed, delete what was made
       3  apply Deployment web-blue with ghcr.io/shop/web:1, 2 replicas         undo: delete web-blue
       4  wait up to 1m until web-blue is healthy
       5  move Service web from nothing to blue                                 needs: 4   undo: take the Service back
       6  prove: every endpoint of web is a Pod of web-blue
       7  settle 1s: nodes and proxies follow
       8  soak 2s: restarts, endpoints
       9  record that release 1 of web serves
      "
    `)
  })

  test('puts the next one beside the one that serves', async () => {
    const stage = new Stage()
    await stage.deploy(web('1'))
    expect(await stage.text(web('2'), { checks: ON_PODS })).toMatchInlineSnapshot(`
      "
      shop/web - blue is active (release 1), web-green is idle
       1  write down that release 2 of web is on its way to green
       2  apply Deployment web-green with ghcr.io/shop/web:2, 2 replicas        undo: delete web-green
       3  wait up to 1m until web-green is healthy
       4  check web-green: GET /healthz on every Pod: 200 within 2s, once
       5  move Service web from blue to green                                   needs: 3, 4   undo: move back to blue
       6  prove: every endpoint of web is a Pod of web-green
       7  apply Service web                                                     undo: give back what was changed, delete what was made
       8  settle 1s: nodes and proxies follow
       9  soak 2s: restarts, endpoints
      10  record that release 2 of web serves
      11  retire web-blue: drain 1s, scale to 0
      "
    `)
  })

  test('moves the one HPA with the pointer', async () => {
    const stage = new Stage()
    await stage.deploy(web('1', { autoscaler: true }))
    expect(await stage.text(web('2'))).toMatchInlineSnapshot(`
      "
      shop/web - blue is active (release 1), web-green is idle
       1  write down that release 2 of web is on its way to green
       2  apply Deployment web-green with ghcr.io/shop/web:2, 2 replicas        undo: delete web-green
       3  wait up to 1m until web-green is healthy
       4  move Service web from blue to green                                   needs: 3   undo: move back to blue
       5  prove: every endpoint of web is a Pod of web-green
       6  point HPA web at web-green                                            undo: point it back at web-blue
       7  apply Service web                                                     undo: give back what was changed, delete what was made
       8  settle 1s: nodes and proxies follow
       9  soak 2s: restarts, endpoints
      10  record that release 2 of web serves
      11  retire web-blue: drain 1s, scale to 0
      "
    `)
  })

  test('keeps each Pod under one PDB', async () => {
    const stage = new Stage()
    await stage.deploy(web('1', { budget: true }))
    expect(await stage.text(web('2', { budget: true }))).toMatchInlineSnapshot(`
      "
      shop/web - blue is active (release 1), web-green is idle
       1  write down that release 2 of web is on its way to green
       2  apply PodDisruptionBudget web                                         undo: give back what was changed, delete what was made
       3  guard web-green by PDB web-green instead of PDB web
       4  apply Deployment web-green with ghcr.io/shop/web:2, 2 replicas        undo: delete web-green
       5  wait up to 1m until web-green is healthy
       6  delete PDB web-green, guard every Pod of web by PDB web again
       7  move Service web from blue to green                                   needs: 5   undo: move back to blue
       8  prove: every endpoint of web is a Pod of web-green
       9  guard web-blue by PDB web-blue instead of PDB web
      10  apply Service web                                                     undo: give back what was changed, delete what was made
      11  settle 1s: nodes and proxies follow
      12  soak 2s: restarts, endpoints
      13  record that release 2 of web serves
      14  retire web-blue: drain 1s, scale to 0
      15  delete PDB web-blue, guard every Pod of web by PDB web again
      "
    `)
  })

  test('leaves the PDB apart from a standby that is kept warm', async () => {
    const stage = new Stage()
    await stage.deploy(web('1', { budget: true }))
    await stage.deploy(web('2', { budget: true }), { standby: { type: 'warm' } })
    expect(await stage.text(web('3', { budget: true }), { standby: { type: 'warm' } })).toMatchInlineSnapshot(`
      "
      shop/web - green is active (release 2), web-blue is standby
       1  write down that release 3 of web is on its way to blue
       2  apply PodDisruptionBudget web                                         undo: give back what was changed, delete what was made
       3  scale web-blue to 0, wait until its Pods are gone
       4  apply Deployment web-blue with ghcr.io/shop/web:3, 2 replicas         undo: scale web-blue to 0, put back what it held
       5  wait up to 1m until web-blue is healthy
       6  delete PDB web-blue, guard every Pod of web by PDB web again
       7  move Service web from green to blue                                   needs: 5   undo: move back to green
       8  prove: every endpoint of web is a Pod of web-blue
       9  guard web-green by PDB web-green instead of PDB web
      10  apply Service web                                                     undo: give back what was changed, delete what was made
      11  settle 1s: nodes and proxies follow
      12  soak 2s: restarts, endpoints
      13  record that release 3 of web serves
      14  retire web-green: keep it warm until the next release
      "
    `)
  })

  test('keeps an adopted Deployment and its PDB together until its Pods serve nobody', async () => {
    const stage = await new Stage().users(`${own}---\n${budgetText('web')}`)
    expect(await stage.text(web('1', { service: false }))).toMatchInlineSnapshot(`
      "
      shop/web - the Deployment from before is active, web-blue is idle
       1  write down that release 1 of web is on its way to blue
       2  hold Deployment web, so that nothing replaces the Pods that serve     undo: let Deployment web go again
       3  pin Service web to the Pods of Deployment web                         undo: give Service web its own selector back
       4  guard web-blue by PDB web-blue instead of PDB web
       5  apply Deployment web-blue with ghcr.io/shop/web:1, 2 replicas         undo: delete web-blue
       6  wait up to 1m until web-blue is healthy
       7  delete PDB web-blue, guard every Pod of web by PDB web again
       8  move Service web from the Deployment from before to blue              needs: 6   undo: move back to the Deployment from before
       9  prove: every endpoint of web is a Pod of web-blue
      10  guard web by PDB web-adopted instead of PDB web
      11  settle 1s: nodes and proxies follow
      12  soak 2s: restarts, endpoints
      13  record that release 1 of web serves
      14  retire web: drain 1s, scale to 0
      15  delete PDB web-adopted, guard every Pod of web by PDB web again
      "
    `)
  })

  test('clears up copies of a PDB that a run left', async () => {
    const stage = new Stage()
    await stage.deploy(web('1', { budget: true }))
    await stage.deploy(web('2', { budget: true }), {}, 14)
    expect(await stage.text(web('2', { budget: true }))).toMatchInlineSnapshot(`
      "
      shop/web - green is active (release 2), and is this release
       1  delete PDB web-blue, guard every Pod of web by PDB web again
      "
    `)
  })

  test('holds a Deployment that is adopted and pins its Service', async () => {
    const stage = await new Stage().users(own)
    expect(await stage.text(web('1', { service: false }), { adoptCleanup: true })).toMatchInlineSnapshot(`
      "
      shop/web - the Deployment from before is active, web-blue is idle
       1  write down that release 1 of web is on its way to blue
       2  hold Deployment web, so that nothing replaces the Pods that serve     undo: let Deployment web go again
       3  pin Service web to the Pods of Deployment web                         undo: give Service web its own selector back
       4  apply Deployment web-blue with ghcr.io/shop/web:1, 2 replicas         undo: delete web-blue
       5  wait up to 1m until web-blue is healthy
       6  move Service web from the Deployment from before to blue              needs: 5   undo: move back to the Deployment from before
       7  prove: every endpoint of web is a Pod of web-blue
       8  settle 1s: nodes and proxies follow
       9  soak 2s: restarts, endpoints
      10  record that release 1 of web serves
      11  retire web: drain 1s, delete it
      "
    `)
  })

  test('hands the HPA of an adopted Deployment over', async () => {
    const stage = await new Stage().users(appText('web', { version: '0', service: true, autoscaler: true }))
    expect(await stage.text(web('1', { service: false }))).toMatchInlineSnapshot(`
      "
      shop/web - the Deployment from before is active, web-blue is idle
       1  write down that release 1 of web is on its way to blue
       2  hold Deployment web, so that nothing replaces the Pods that serve     undo: let Deployment web go again
       3  pin Service web to the Pods of Deployment web                         undo: give Service web its own selector back
       4  apply Deployment web-blue with ghcr.io/shop/web:1, 2 replicas         undo: delete web-blue
       5  wait up to 1m until web-blue is healthy
       6  move Service web from the Deployment from before to blue              needs: 5   undo: move back to the Deployment from before
       7  prove: every endpoint of web is a Pod of web-blue
       8  point HPA web at web-blue                                             undo: point it back at web
       9  settle 1s: nodes and proxies follow
      10  soak 2s: restarts, endpoints
      11  record that release 1 of web serves
      12  retire web: drain 1s, scale to 0
      "
    `)
  })

  test('verifies two apps before the first moves', async () => {
    const stage = new Stage()
    await stage.deploy(pair('1'))
    expect(await stage.text(pair('2'), { checks: ON_PODS })).toMatchInlineSnapshot(`
      "
      shop/web - blue is active (release 1), web-green is idle
      shop/api - blue is active (release 1), api-green is idle
       1  write down that release 2 of web is on its way to green
       2  write down that release 2 of api is on its way to green
       3  apply Deployment web-green with ghcr.io/shop/web:2, 2 replicas        undo: delete web-green
       4  apply Deployment api-green with ghcr.io/shop/api:2, 2 replicas        undo: delete api-green
       5  wait up to 1m until web-green and api-green are healthy
       6  check web-green, api-green: GET /healthz on every Pod: 200 within 2s, once
       7  move Service web from blue to green                                   needs: 5, 6   undo: move back to blue
       8  prove: every endpoint of web is a Pod of web-green
       9  apply Service web                                                     undo: give back what was changed, delete what was made
      10  move Service api from blue to green                                   needs: 5, 6   undo: move back to blue
      11  prove: every endpoint of api is a Pod of api-green
      12  apply Service api                                                     undo: give back what was changed, delete what was made
      13  settle 1s: nodes and proxies follow
      14  soak 2s: restarts, endpoints
      15  record that release 2 of web serves
      16  record that release 2 of api serves
      17  retire web-blue: drain 1s, scale to 0
      18  retire api-blue: drain 1s, scale to 0
      "
    `)
  })

  test('empties a warm standby before its slot is used', async () => {
    const stage = new Stage()
    await stage.deploy(web('1'))
    await stage.deploy(web('2'), { standby: { type: 'warm' } })
    expect(await stage.text(web('3'), { standby: { type: 'warm', for: milliseconds(3_600_000) } })).toMatchInlineSnapshot(`
      "
      shop/web - green is active (release 2), web-blue is standby
       1  write down that release 3 of web is on its way to blue
       2  scale web-blue to 0, wait until its Pods are gone
       3  apply Deployment web-blue with ghcr.io/shop/web:3, 2 replicas         undo: scale web-blue to 0, put back what it held
       4  wait up to 1m until web-blue is healthy
       5  move Service web from green to blue                                   needs: 4   undo: move back to green
       6  prove: every endpoint of web is a Pod of web-blue
       7  apply Service web                                                     undo: give back what was changed, delete what was made
       8  settle 1s: nodes and proxies follow
       9  soak 2s: restarts, endpoints
      10  record that release 3 of web serves
      11  retire web-green: keep it warm for 1h
      "
    `)
  })

  test('is empty when the release serves already, whole', async () => {
    const stage = new Stage()
    await stage.deploy(web('1'))
    expect(await stage.text(web('1'))).toMatchInlineSnapshot(`
      "
      shop/web - blue is active (release 1), and is this release
      nothing to do: web: this release serves already
      "
    `)
  })

  test('waits for one that serves and is not whole, and moves nothing', async () => {
    const stage = new Stage()
    await stage.deploy(web('1'))
    stage.fate = () => 'pending'
    await stage.cluster.patch(
      { resource: { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments', namespaced: true }, namespace: 'shop', name: 'web-blue' },
      [{ op: 'add', path: '/metadata/labels/seen', value: 'now' }],
      { manager: 'test' },
    )
    expect(await stage.text(web('1'))).toMatchInlineSnapshot(`
      "
      shop/web - blue is active (release 1), and is this release, but not whole
       1  wait up to 1m until web-blue is healthy
       2  prove: every endpoint of web is a Pod of web-blue
      "
    `)
  })

  test('brings back the Pods of one that serves and was scaled to nobody', async () => {
    const stage = new Stage()
    await stage.deploy(web('1'))
    await stage.cluster.patch(
      { resource: { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments', namespaced: true }, namespace: 'shop', name: 'web-blue' },
      [{ op: 'add', path: '/spec/replicas', value: 0 }],
      { manager: 'test' },
    )
    expect(await stage.text(web('1'))).toMatchInlineSnapshot(`
      "
      shop/web - blue is active (release 1), and is this release, but not whole
       1  scale web-blue to 2                                                   undo: scale web-blue to 0
       2  wait up to 1m until web-blue is healthy
       3  prove: every endpoint of web is a Pod of web-blue
      "
    `)
  })

  test('retires what a run left that ended after its record', async () => {
    const stage = new Stage()
    await stage.deploy(web('1'))
    await stage.deploy(web('2'), {}, 9)
    expect(await stage.text(web('2'))).toMatchInlineSnapshot(`
      "
      shop/web - green is active (release 2), and is this release
       1  retire web-blue: drain 1s, scale to 0
      "
    `)
  })
})
