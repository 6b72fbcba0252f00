import type { KubeObject } from '@fairlead/kube'
import { describe, expect, test } from 'vitest'
import { Steadiness } from '../../src/steps/steadiness.ts'

interface Looks {
  readonly ready?: boolean
  readonly restarts?: number
  readonly sidecar?: number
  readonly leaving?: true
}

function pod({ ready = true, restarts = 0, sidecar, leaving }: Looks): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web-1', uid: 'u1', ...(leaving === undefined ? {} : { deletionTimestamp: '2026-01-01T00:00:00Z' }) },
    status: {
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      containerStatuses: [{ name: 'web', restartCount: restarts }],
      ...(sidecar === undefined ? {} : { initContainerStatuses: [{ name: 'proxy', restartCount: sidecar }] }),
    },
  }
}

/** What is said at each second. */
function watch(looks: readonly Looks[]): readonly (string | undefined)[] {
  const steadiness = new Steadiness()
  return looks.map((each, second) => steadiness.look([pod(each)], second * 1_000))
}

const RESTARTED = 'container web of Pod web-1 restarted while users were on it'
const UNREADY = 'Pod web-1 stopped being ready while users were on it'

describe('Steadiness', () => {
  test.each<readonly [string, readonly Looks[], readonly (string | undefined)[]]>([
    ['a Pod that stays as it is', [{}, {}, {}], [undefined, undefined, undefined]],
    ['restarts from before it was looked at', [{ restarts: 7 }, { restarts: 7 }], [undefined, undefined]],
    ['a restart', [{}, { restarts: 1 }], [undefined, RESTARTED]],
    ['a sidecar that restarts', [{ sidecar: 0 }, { sidecar: 1 }], [undefined, 'container proxy of Pod web-1 restarted while users were on it']],
    ['one short blink', [{}, { ready: false }, {}, {}], [undefined, undefined, undefined, undefined]],
    ['a second blink', [{}, { ready: false }, {}, { ready: false }], [undefined, undefined, undefined, UNREADY]],
    [
      'a Pod that stays unready',
      [{}, { ready: false }, { ready: false }, { ready: false }, { ready: false }, { ready: false }],
      [undefined, undefined, undefined, undefined, undefined, UNREADY],
    ],
    ['a Pod that was never ready', [{ ready: false }, { ready: false }, { ready: false }, { ready: false }, { ready: false }], Array(5).fill(undefined)],
    ['a Pod that is taken away', [{}, { ready: false, leaving: true }, { ready: false, leaving: true, restarts: 1 }], [undefined, undefined, undefined]],
  ])('judges %s', (_, looks, said) => {
    expect(watch(looks)).toEqual(said)
  })
})
