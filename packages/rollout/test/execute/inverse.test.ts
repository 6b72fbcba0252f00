import { describe, expect, test } from 'vitest'
import type { FakeRequest } from '@fairlead/kube/testing'
import { ON_PODS, ON_SERVICE, releaseOf, Stage, web } from '../stage.ts'
import { Guard, isWrite } from './guard.ts'
import { RELEASES, type Scenario } from './scenarios.ts'

const FORBIDDEN = { code: 403, reason: 'Forbidden', message: 'forbidden: not any more' } as const

async function begun(scenario: Scenario): Promise<{ readonly stage: Stage; readonly guard: Guard; readonly before: unknown }> {
  const stage = new Stage()
  await scenario.begin(stage)
  return { stage, guard: new Guard(stage, 1), before: stage.picture() }
}

/** What a first release made serves nobody who was there before, so it may go again. */
function kept(violations: readonly string[]): readonly string[] {
  return violations.filter((each) => !/is gone|leads to 0 ready/.test(each))
}

/** A write of the release itself: a run that is refused its lock never begins. */
function isEffect(request: FakeRequest): boolean {
  return isWrite(request) && request.kind !== 'Lease'
}

/** How many writes a release makes before it is written down as the one that serves. */
async function writesBeforeRecord(scenario: Scenario): Promise<number> {
  const { stage } = await begun(scenario)
  let count = 0
  let isRecorded = false
  stage.listener = (line) => {
    isRecorded ||= / record that /.test(line)
  }
  stage.cluster.script.intercept((request: FakeRequest) => {
    if (isEffect(request) && !isRecorded) count += 1
  })
  await scenario.act(stage)
  return count
}

describe('the way back that a refusal begins', () => {
  // A slot that held a release before is put back at zero, so a third release ends where it began only in what serves.
  test.for(RELEASES)('restores what was there, whichever write is refused: $name', async (scenario) => {
    const writes = await writesBeforeRecord(scenario)
    expect(writes).toBeGreaterThan(2)
    for (let write = 0; write < writes; write += 1) {
      const { stage, guard, before } = await begun(scenario)
      let left = write
      stage.cluster.script.fail((request) => isEffect(request) && left-- === 0, FORBIDDEN)
      const { forward, wayBack } = (await scenario.act(stage)) ?? { forward: undefined, wayBack: undefined }
      expect({ write, ended: forward?.ended, wayBack: wayBack?.ended ?? 'complete' }).toEqual({ write, ended: 'broken', wayBack: 'complete' })
      const violations = scenario.name.includes('first release') ? kept(guard.look()) : guard.look()
      expect({ write, picture: stage.picture(), violations }).toEqual({ write, picture: before, violations: [] })
    }
  })

  const SICK: readonly { readonly name: string; readonly release: ReturnType<typeof web>; readonly sicken: (stage: Stage) => void }[] = [
    { name: 'Pods never become healthy', release: web('sick'), sicken: () => undefined },
    { name: 'a check on Pods fails', release: web('2'), sicken: (stage) => stage.cluster.script.proxy(() => ({ status: 500, body: 'no', headers: {} })) },
    {
      name: 'a check through the Service fails',
      release: web('2'),
      sicken: (stage) => stage.cluster.script.proxy(({ target }) => ({ status: target === 'services' ? 500 : 200, body: 'no', headers: {} })),
    },
    {
      name: 'Pods stop being ready while users are on them',
      release: web('2'),
      sicken(stage) {
        stage.listener = (line) => {
          if (!line.includes('soak')) return
          stage.fate = (pod) => (JSON.stringify(pod.spec).includes('web:2') ? 'pending' : 'ready')
          const green = stage.find('Deployment', 'web-green')
          if (green !== undefined)
            stage.cluster.seed({ ...green, metadata: { ...green.metadata, annotations: { ...green.metadata.annotations, seen: 'now' } } })
        }
      },
    },
  ]

  test.for(SICK)('restores what was there when $name', async ({ release, sicken }) => {
    const stage = new Stage()
    await stage.deploy(web('1'))
    const before = stage.picture()
    sicken(stage)
    const { forward, wayBack } = await stage.deploy(release, { checks: [...ON_PODS, ...ON_SERVICE] })
    expect([forward.ended, wayBack?.ended]).toEqual(['refused', 'complete'])
    expect(stage.picture()).toEqual(before)
  })

  test('leaves nothing of a first release', async () => {
    const stage = new Stage()
    await stage.deploy(releaseOf({ web: { version: 'sick', service: true, autoscaler: true } }))
    expect(stage.picture()).toEqual([])
  })

  test('brings back all apps when the last one is refused', async () => {
    const stage = new Stage()
    const pair = (api: string, version = '1') => releaseOf({ web: { version, service: true }, api: { version: api, service: true } })
    await stage.deploy(pair('1'))
    const before = stage.picture()
    stage.cluster.script.fail(({ verb, kind, name }) => verb === 'patch' && kind === 'Service' && name === 'api', FORBIDDEN)
    const { wayBack } = await stage.deploy(pair('2', '2'))
    expect(wayBack?.ended).toBe('complete')
    expect(stage.picture()).toEqual(before)
  })
})
