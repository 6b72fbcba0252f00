import { afterAll, describe, expect, test } from 'vitest'
import { documentOf, runCli, type CliRecord } from '../bundle/test/cli/run-cli.ts'
import { adminKubeconfig } from './cluster.ts'
import { Places, QUICK, shopManifest, standOf } from './releases/stage.ts'

const places = new Places()
afterAll(() => places.remove())

const TIMES = Object.entries(QUICK).map(([name, value]) => `--${name}=${value}`)

/** Runs the committed bundle as the administrator, in a folder with the manifest. */
async function cli(args: readonly string[], manifest?: string): Promise<CliRecord> {
  const files = manifest === undefined ? {} : { 'shop.yaml': manifest }
  return await runCli(args, { files, environment: { KUBECONFIG: adminKubeconfig() } })
}

/** What of a document tests compare. */
function told(record: CliRecord): Readonly<Record<string, unknown>> {
  const { conclusion, outputs } = documentOf(record)
  return { code: record.code, conclusion, release: outputs['release'], slot: outputs['active-slot'], previous: outputs['previous-release'] }
}

describe('the command line, on a real cluster', () => {
  test('releases, tells how things stand, and goes back', async () => {
    const place = await places.make('cli')
    const where = ['-n', place.namespace]
    const first = await cli(['deploy', 'shop', ...where, '--manifests', 'shop.yaml', ...TIMES], await shopManifest())
    expect(told(first), first.errors).toEqual({ code: 0, conclusion: 'success', release: '1', slot: 'blue', previous: '' })
    expect(first.errors).toMatch(/ 1 {2}.*\n {6}done in \d/)
    expect(documentOf(first).outputs['plan']).toMatchObject({ steps: expect.arrayContaining([expect.objectContaining({ type: 'prove' })]) as unknown })

    const second = await cli(['deploy', 'shop', ...where, '--image=127.0.0.1:5000/shop:2', ...TIMES])
    expect(told(second), second.errors).toEqual({ code: 0, conclusion: 'success', release: '2', slot: 'green', previous: '1' })

    const status = await cli(['status', ...where])
    expect([status.code, status.errors, documentOf(status)]).toMatchObject([
      0,
      '',
      {
        verdict: 'shop serves release 2 from green',
        details: {
          namespace: place.namespace,
          apps: [
            {
              app: 'shop',
              serving: { slot: 'green', release: 2, ready: 3, wanted: 3 },
              standby: { slot: 'blue', release: 1, state: 'cold', bad: false },
              onWay: null,
              lock: null,
              problems: [],
              next: [{ command: `fairlead rollback shop -n ${place.namespace}` }, { command: `fairlead history shop -n ${place.namespace}` }],
            },
          ],
        },
      },
    ])

    const history = await cli(['history', 'shop', ...where])
    expect(documentOf(history)).toMatchObject({
      details: {
        apps: [
          {
            releases: [
              { release: 2, serves: true, canReturn: false, images: [expect.stringMatching(/shop:2@sha256:/)] },
              { release: 1, serves: false, canReturn: true },
            ],
          },
        ],
      },
    })

    const back = await cli(['rollback', 'shop', ...where, '--drain=500ms'])
    expect(told(back), back.errors).toEqual({ code: 0, conclusion: 'success', release: '1', slot: 'blue', previous: '2' })
    expect((await standOf(place)).selector).toMatchObject({ 'fairlead.dev/slot': 'blue' })

    const further = await cli(['rollback', 'shop', ...where])
    expect(told(further), further.errors).toMatchObject({ code: 0, conclusion: 'unchanged', release: '1' })
    expect(documentOf(await cli(['history', 'shop', ...where]))).toMatchObject({
      details: {
        apps: [
          {
            releases: [
              { release: 2, canReturn: false },
              { release: 1, serves: true },
            ],
          },
        ],
      },
    })
  })

  test('says what is wrong when somebody has opened the Service, with the command that mends it', async () => {
    const place = await places.make('open')
    const where = ['-n', place.namespace]
    const first = await cli(['deploy', 'shop', ...where, '--manifests', 'shop.yaml', ...TIMES], await shopManifest())
    expect(first.code, first.errors).toBe(0)
    await place.kubectl('patch', 'service', 'shop', '--type=merge', '-p', '{"spec":{"selector":{"fairlead.dev/slot":null}}}')
    const status = await cli(['status', 'shop', ...where])
    expect([status.code, documentOf(status).verdict]).toEqual([1, 'shop serves nothing of ours; something is wrong with shop'])
    const [, patch = ''] = /kubectl -n \S+ patch service shop --type=merge -p '([^']+)'/.exec(status.errors) ?? []
    await place.kubectl('patch', 'service', 'shop', '--type=merge', '-p', patch)
    expect((await cli(['status', 'shop', ...where])).code).toBe(0)
  })
})
