import { describe, expect, test } from 'vitest'
import { appText, releaseOf, Stage, web } from '../stage.ts'

const own = appText('web', { version: '0', service: true, autoscaler: true })
const pair = (version: string) => releaseOf({ web: { version, service: true }, api: { version, service: true } })

/** Release 2 parked over release 1. */
async function parked(stopAfter: 'verified' | 'switched'): Promise<Stage> {
  const stage = new Stage()
  await stage.deploy(web('1'))
  await stage.deploy(web('2'), { stopAfter })
  return stage
}

describe('the plan of a release that stops on the way', () => {
  test('parks before any traffic moves', async () => {
    const stage = new Stage()
    await stage.deploy(web('1'))
    expect(await stage.text(web('2'), { stopAfter: 'verified' })).toMatchInlineSnapshot(`
      "
      shop/web - blue is active (release 1), web-green is idle
       1  write down that release 2 of web is on its way to green
       2  apply Deployment web-green with ghcr.io/shop/web:2, 2 replicas        undo: delete web-green
       3  wait up to 1m until web-green is healthy
       4  park: verified, no traffic moved
      "
    `)
  })

  test('parks with what served before kept whole', async () => {
    const stage = new Stage()
    await stage.deploy(web('1'))
    expect(await stage.text(web('2'), { stopAfter: 'switched' })).toMatchInlineSnapshot(`
      "
      shop/web - blue is active (release 1), web-green is idle
       1  write down that release 2 of web is on its way to green
       2  apply Deployment web-green with ghcr.io/shop/web:2, 2 replicas        undo: delete web-green
       3  wait up to 1m until web-green is healthy
       4  move Service web from blue to green                                   needs: 3   undo: move back to blue
       5  prove: every endpoint of web is a Pod of web-green
       6  apply Service web                                                     undo: give back what was changed, delete what was made
       7  settle 1s: nodes and proxies follow
       8  soak 2s: restarts, endpoints
       9  park: switched, what served before is kept whole
      "
    `)
  })

  test('goes on from verified, having looked again', async () => {
    expect(await (await parked('verified')).text(web('2'))).toMatchInlineSnapshot(`
      "
      shop/web - blue is active (release 1), web-green holds this release
       1  wait up to 1m until web-green is healthy
       2  move Service web from blue to green                                   needs: 1   undo: move back to blue
       3  prove: every endpoint of web is a Pod of web-green
       4  apply Service web                                                     undo: give back what was changed, delete what was made
       5  settle 1s: nodes and proxies follow
       6  soak 2s: restarts, endpoints
       7  record that release 2 of web serves
       8  retire web-blue: drain 1s, scale to 0
      "
    `)
  })

  test('goes on from switched without another move', async () => {
    expect(await (await parked('switched')).text(web('2'))).toMatchInlineSnapshot(`
      "
      shop/web - green is active (release 2), web-green serves already
       1  wait up to 1m until web-green is healthy
       2  prove: every endpoint of web is a Pod of web-green
       3  apply Service web                                                     undo: give back what was changed, delete what was made
       4  settle 1s: nodes and proxies follow
       5  soak 2s: restarts, endpoints
       6  record that release 2 of web serves
       7  retire web-blue: drain 1s, scale to 0
      "
    `)
  })

  test('does not stop at verified when one of two apps has moved', async () => {
    const stage = new Stage()
    await stage.deploy(pair('1'))
    await stage.deploy(pair('2'), {}, 7)
    expect(await stage.text(pair('2'), { stopAfter: 'verified' })).toMatchInlineSnapshot(`
      "
      shop/web - green is active (release 2), web-green serves already
      shop/api - blue is active (release 1), api-green holds this release
       1  wait up to 1m until web-green and api-green are healthy
       2  prove: every endpoint of web is a Pod of web-green
       3  apply Service web                                                     undo: give back what was changed, delete what was made
       4  move Service api from blue to green                                   needs: 1   undo: move back to blue
       5  prove: every endpoint of api is a Pod of api-green
       6  apply Service api                                                     undo: give back what was changed, delete what was made
       7  settle 1s: nodes and proxies follow
       8  soak 2s: restarts, endpoints
       9  park: switched, what served before is kept whole
      "
    `)
  })
})

describe('the plan of another release while one is parked', () => {
  test('gives the PDB of what serves back before it is shared out again', async () => {
    const stage = new Stage()
    await stage.deploy(web('1', { budget: true }))
    await stage.deploy(web('2', { budget: true }), { stopAfter: 'switched' })
    expect(await stage.text(web('3', { budget: true }))).toMatchInlineSnapshot(`
      "
      shop/web - release 2 is parked in green, and is taken back first; then blue is active (release 1), web-green is idle
       1  wait up to 1m until web-blue is healthy
       2  delete PDB web-blue, guard every Pod of web by PDB web again
       3  move Service web from green to blue                                   needs: 1   undo: move back to green
       4  prove: every endpoint of web is a Pod of web-blue
       5  guard web-green by PDB web-green instead of PDB web
       6  scale web-green to 0, wait until its Pods are gone
       7  delete PDB web-green, guard every Pod of web by PDB web again
       8  delete Deployment web-green, ConfigMap fairlead.web.r2
       9  write down that the rollout of web was taken back
      10  write down that release 2 of web is on its way to green
      11  apply PodDisruptionBudget web                                         undo: give back what was changed, delete what was made
      12  guard web-green by PDB web-green instead of PDB web
      13  apply Deployment web-green with ghcr.io/shop/web:3, 2 replicas        undo: delete web-green
      14  wait up to 1m until web-green is healthy
      15  delete PDB web-green, guard every Pod of web by PDB web again
      16  move Service web from blue to green                                   needs: 14   undo: move back to blue
      17  prove: every endpoint of web is a Pod of web-green
      18  guard web-blue by PDB web-blue instead of PDB web
      19  apply Service web                                                     undo: give back what was changed, delete what was made
      20  settle 1s: nodes and proxies follow
      21  soak 2s: restarts, endpoints
      22  record that release 2 of web serves
      23  retire web-blue: drain 1s, scale to 0
      24  delete PDB web-blue, guard every Pod of web by PDB web again
      "
    `)
  })

  test('first clears the slot', async () => {
    expect(await (await parked('verified')).text(web('3'))).toMatchInlineSnapshot(`
      "
      shop/web - release 2 is parked in green, and is taken back first; then blue is active (release 1), web-green is idle
       1  scale web-green to 0, wait until its Pods are gone
       2  delete Deployment web-green
       3  write down that the rollout of web was taken back
       4  write down that release 2 of web is on its way to green
       5  apply Deployment web-green with ghcr.io/shop/web:3, 2 replicas        undo: delete web-green
       6  wait up to 1m until web-green is healthy
       7  move Service web from blue to green                                   needs: 6   undo: move back to blue
       8  prove: every endpoint of web is a Pod of web-green
       9  apply Service web                                                     undo: give back what was changed, delete what was made
      10  settle 1s: nodes and proxies follow
      11  soak 2s: restarts, endpoints
      12  record that release 2 of web serves
      13  retire web-blue: drain 1s, scale to 0
      "
    `)
  })

  test('first moves back', async () => {
    expect(await (await parked('switched')).text(web('3'))).toMatchInlineSnapshot(`
      "
      shop/web - release 2 is parked in green, and is taken back first; then blue is active (release 1), web-green is idle
       1  wait up to 1m until web-blue is healthy
       2  move Service web from green to blue                                   needs: 1   undo: move back to green
       3  prove: every endpoint of web is a Pod of web-blue
       4  scale web-green to 0, wait until its Pods are gone
       5  delete Deployment web-green, ConfigMap fairlead.web.r2
       6  write down that the rollout of web was taken back
       7  write down that release 2 of web is on its way to green
       8  apply Deployment web-green with ghcr.io/shop/web:3, 2 replicas        undo: delete web-green
       9  wait up to 1m until web-green is healthy
      10  move Service web from blue to green                                   needs: 9   undo: move back to blue
      11  prove: every endpoint of web is a Pod of web-green
      12  apply Service web                                                     undo: give back what was changed, delete what was made
      13  settle 1s: nodes and proxies follow
      14  soak 2s: restarts, endpoints
      15  record that release 2 of web serves
      16  retire web-blue: drain 1s, scale to 0
      "
    `)
  })

  test('gives back an adoption that never moved, and adopts anew', async () => {
    const stage = await new Stage().users(own)
    await stage.deploy(web('1'), { stopAfter: 'verified' })
    expect(await stage.text(web('2'))).toMatchInlineSnapshot(`
      "
      shop/web - release 1 is parked in blue, and is taken back first; then the Deployment from before is active, web-blue is idle
       1  scale web-blue to 0, wait until its Pods are gone
       2  give Service web its own selector back
       3  let Deployment web go again
       4  delete Deployment web-blue
       5  write down that the rollout of web was taken back
       6  write down that release 1 of web is on its way to blue
       7  hold Deployment web, so that nothing replaces the Pods that serve     undo: let Deployment web go again
       8  pin Service web to the Pods of Deployment web                         undo: give Service web its own selector back
       9  apply Deployment web-blue with ghcr.io/shop/web:2, 2 replicas         undo: delete web-blue
      10  wait up to 1m until web-blue is healthy
      11  move Service web from the Deployment from before to blue              needs: 10   undo: move back to the Deployment from before
      12  prove: every endpoint of web is a Pod of web-blue
      13  point HPA web at web-blue                                             undo: point it back at web
      14  apply Service web                                                     undo: give back what was changed, delete what was made
      15  settle 1s: nodes and proxies follow
      16  soak 2s: restarts, endpoints
      17  record that release 1 of web serves
      18  retire web: drain 1s, scale to 0
      "
    `)
  })

  test('removes a first release that nobody was led to', async () => {
    const stage = new Stage()
    await stage.deploy(web('1'), { stopAfter: 'verified' })
    expect(await stage.text(web('2'))).toMatchInlineSnapshot(`
      "
      shop/web - release 1 is parked in blue, and is taken back first; then nothing serves yet, web-blue is idle
       1  scale web-blue to 0, wait until its Pods are gone
       2  delete Deployment web-blue, Service web
       3  write down that the rollout of web was taken back
       4  write down that release 1 of web is on its way to blue
       5  apply Service web                                                     undo: give back what was changed, delete what was made
       6  apply Deployment web-blue with ghcr.io/shop/web:2, 2 replicas         undo: delete web-blue
       7  wait up to 1m until web-blue is healthy
       8  move Service web from nothing to blue                                 needs: 7   undo: take the Service back
       9  prove: every endpoint of web is a Pod of web-blue
      10  settle 1s: nodes and proxies follow
      11  soak 2s: restarts, endpoints
      12  record that release 1 of web serves
      "
    `)
  })

  test('records a first release that has users: without it nobody would answer them', async () => {
    const stage = new Stage()
    await stage.deploy(web('1'), { stopAfter: 'switched' })
    expect(await stage.text(web('2'))).toMatchInlineSnapshot(`
      "
      shop/web - release 1 is parked in blue, and is written down first, since it has users; then blue is active (release 1), web-green is idle
       1  record that release 1 of web serves
       2  write down that release 2 of web is on its way to green
       3  apply Deployment web-green with ghcr.io/shop/web:2, 2 replicas        undo: delete web-green
       4  wait up to 1m until web-green is healthy
       5  move Service web from blue to green                                   needs: 4   undo: move back to blue
       6  prove: every endpoint of web is a Pod of web-green
       7  apply Service web                                                     undo: give back what was changed, delete what was made
       8  settle 1s: nodes and proxies follow
       9  soak 2s: restarts, endpoints
      10  record that release 2 of web serves
      11  retire web-blue: drain 1s, scale to 0
      "
    `)
  })
})
