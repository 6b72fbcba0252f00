import { Fault } from '@fairlead/base'
import { describe, expect, test } from 'vitest'
import { reportRollout, type RolloutOutcome } from '../../src/index.ts'
import { appText, NAMESPACE, ON_PODS, releaseOf, Stage, web } from '../stage.ts'

const report = (outcome: RolloutOutcome | undefined) => {
  if (outcome === undefined) throw new Error('it was refused')
  return reportRollout(outcome, { namespace: NAMESPACE })
}
const released = async () => {
  const stage = new Stage()
  await stage.deploy(web('1'))
  return stage
}
const SICK = 'Pod "shop/web-green-POD": image "ghcr.io/shop/web:sick" of container "web" cannot be pulled: ghcr.io/shop/web:sick: not found'
const FORBIDDEN = { code: 403, reason: 'Forbidden', message: 'no' } as const

interface Ending {
  readonly name: string
  readonly outcome: () => Promise<RolloutOutcome | undefined>
  readonly conclusion: string
  readonly verdict: string
}

const ENDINGS: readonly Ending[] = [
  {
    name: 'released',
    outcome: () => new Stage().deploy(web('1')),
    conclusion: 'success',
    verdict: 'Released after 3s: web serves release 1 from blue, every endpoint proven',
  },
  {
    name: 'unchanged',
    outcome: async () => (await released()).deploy(web('1')),
    conclusion: 'unchanged',
    verdict: 'Unchanged: web: this release serves already',
  },
  {
    name: 'parked',
    outcome: async () => (await released()).deploy(web('2'), { stopAfter: 'verified' }),
    conclusion: 'parked',
    verdict: 'Parked after 0s: park: verified, no traffic moved; web serves release 1 from blue. continue with a later stop-after, or end it by a rollback',
  },
  {
    name: 'refused before the move',
    outcome: async () => (await released()).deploy(web('sick')),
    conclusion: 'failure',
    verdict: `Refused after 0s at step 3: ${SICK}. No traffic moved: web serves release 1 from blue`,
  },
  {
    name: 'refused by a check',
    outcome: async () => {
      const stage = await released()
      stage.cluster.script.proxy(() => ({ status: 500, body: 'no', headers: {} }))
      return await stage.deploy(web('2'), { checks: ON_PODS })
    },
    conclusion: 'failure',
    verdict:
      'Refused after 0s at step 4: Pod "shop/web-green-POD" failed GET /healthz on every Pod: 200 within 2s, once: REASON. No traffic moved: web serves release 1 from blue',
  },
  {
    name: 'taken back after the move',
    outcome: async () => {
      const stage = await released()
      stage.listener = (line) => {
        if (line.includes('record that')) stage.cluster.script.fail({ kind: 'ConfigMap', verb: 'apply' }, FORBIDDEN)
      }
      return await stage.deploy(web('2'))
    },
    conclusion: 'failure',
    verdict: 'Stopped after 3s at step 9: WHY. Traffic is back: web serves release 1 from blue',
  },
  {
    name: 'held while the API server is out of reach',
    outcome: async () => {
      const stage = await released()
      stage.listener = (line) => {
        if (line.includes('move Service')) stage.cluster.script.outage()
      }
      return await stage.deploy(web('2'))
    },
    conclusion: 'failure',
    verdict: 'Held after 0s at step 4: https://fake.invalid:6443 could not be reached: connection refused. No traffic moved: web serves release 1 from blue',
  },
  {
    name: 'rolled back',
    outcome: async () => {
      const stage = await released()
      await stage.deploy(web('2'))
      return await stage.rollback()
    },
    conclusion: 'success',
    verdict: 'Rolled back after 1s: web serves release 1 from blue, every endpoint proven',
  },
  {
    name: 'aborted',
    outcome: async () => {
      const stage = await released()
      await stage.deploy(web('2'), { stopAfter: 'verified' })
      return await stage.rollback()
    },
    conclusion: 'success',
    verdict: 'Taken back after 0s: web serves release 1 from blue',
  },
  {
    name: 'cancelled',
    outcome: async () => {
      const stage = await released()
      const over = new AbortController()
      stage.listener = (line) => {
        if (line.includes('settle')) over.abort(new Fault('CANCELLED', 'the run was cancelled'))
      }
      return await stage.run(await stage.planFor(web('2')), await stage.observe(), { signal: over.signal })
    },
    conclusion: 'cancelled',
    verdict: 'Cancelled after 0s at step 7. Nothing was taken back; run it again to continue, or roll back: web serves release 2 from green',
  },
]

/** Names that no reader depends on. */
function plain(verdict: string): string {
  return verdict
    .replaceAll(/web-green-[a-z0-9]+-\d/g, 'web-green-POD')
    .replace(/once: .*\. No traffic/, 'once: REASON. No traffic')
    .replace(/step 9: .*\. Traffic/, 'step 9: WHY. Traffic')
}

describe('reportRollout', () => {
  test.for(ENDINGS)('says in one sentence what happened and where traffic is: $name', async ({ outcome, conclusion, verdict }) => {
    const told = report(await outcome())
    expect([told.conclusion, plain(told.verdict)]).toEqual([conclusion, verdict])
  })

  test.for(ENDINGS.filter(({ conclusion }) => conclusion === 'failure'))(
    'shows every step that failed in the summary and as an annotation: $name',
    async ({ outcome }) => {
      const result = await outcome()
      const told = report(result)
      const failed = [...(result?.forward.records ?? []), ...(result?.wayBack?.records ?? [])].filter(({ state }) => state === 'failed')
      const summary = JSON.stringify(told.summary)
      expect(
        failed.filter(
          ({ text, result: end }) => !summary.includes(JSON.stringify(text).slice(1, -1)) || !summary.includes(JSON.stringify(end?.text ?? '').slice(1, -1)),
        ),
      ).toEqual([])
      expect([failed.length > 0, told.annotations.length]).toEqual([true, failed.length])
    },
  )

  test('puts the reason on the line of the manifest it is about', async () => {
    const told = report(await (await released()).deploy(web('sick')))
    const line =
      appText('web', { version: 'sick' })
        .split('\n')
        .findIndex((each) => each.includes('image:')) + 1
    expect(told.annotations.map(({ position }) => [position?.file, position?.line])).toEqual([['shop.yaml', line]])
  })

  test('answers bare values for one app', async () => {
    const stage = await released()
    const { outputs } = report(await stage.deploy(web('2')))
    expect([outputs['release'], outputs['previous-release'], outputs['active-slot'], outputs['diagnosis'], outputs['fault']]).toEqual([
      '2',
      '1',
      'green',
      '[]',
      undefined,
    ])
  })

  test('answers lines of app=value for several', async () => {
    const { outputs } = report(await new Stage().deploy(releaseOf({ web: { version: '1', service: true }, api: { version: '1', service: true } })))
    expect([outputs['release'], outputs['previous-release'], outputs['active-slot']]).toEqual(['web=1\napi=1', 'web=\napi=', 'web=blue\napi=blue'])
  })

  test('calls the Deployment from before adopted', async () => {
    const stage = await new Stage().users(appText('web', { version: '0', service: true }))
    await stage.deploy(web('1'))
    const { outputs } = report(await stage.rollback())
    expect([outputs['release'], outputs['previous-release'], outputs['active-slot']]).toEqual(['0', '', 'adopted'])
  })

  test('names the first cause in the diagnosis', async () => {
    const { outputs } = report(await (await released()).deploy(web('sick')))
    expect((JSON.parse(outputs['diagnosis'] ?? '[]') as readonly { readonly cause: string }[]).map(({ cause }) => cause)).toEqual(['image-pull'])
  })

  test('says of a parked adoption that the Deployment is held', async () => {
    const stage = await new Stage().users(appText('web', { version: '0', service: true }))
    const told = report(await stage.deploy(web('1'), { stopAfter: 'verified' }))
    expect(`${told.verdict} ${JSON.stringify(told.summary)}`).toMatch(/Deployment web is held|stays held|is paused/)
  })
})
