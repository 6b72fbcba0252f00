import { describe, expect, test } from 'vitest'
import type { KubeObject } from '@fairlead/kube'
import { rememberPods, rememberSigns, rememberSteadiness, steadyWindow, UNSTEADY, type PodHistory } from '../src/judging/history.ts'

interface Life {
  readonly restarts?: number
  readonly state?: unknown
  readonly last?: unknown
  readonly ready?: string
}

function pod({ restarts = 0, state = { running: {} }, last = {}, ready }: Life): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web-1', uid: 'p1' },
    spec: { containers: [{ name: 'web', image: 'shop:1' }] },
    status: {
      conditions: [{ type: 'Ready', status: ready === undefined ? 'False' : 'True', lastTransitionTime: ready ?? '2026-03-02T10:00:00Z' }],
      containerStatuses: [{ name: 'web', restartCount: restarts, ready: ready !== undefined, state, lastState: last }],
    },
  }
}

function ended(exitCode: number, run: number, time?: string): unknown {
  return { terminated: { exitCode, reason: 'Error', containerID: `containerd://${run}`, ...(time === undefined ? {} : { finishedAt: `2026-03-02T${time}Z` }) } }
}

function lifeOf(...pods: readonly KubeObject[]): PodHistory {
  return pods.reduce<PodHistory>((history, each, index) => rememberPods(history, [each], index * 1_000), new Map())
}

function codes(history: PodHistory): readonly number[] {
  return (history.get('p1')?.exits.get('web') ?? []).map(({ code }) => code)
}

describe('rememberPods', () => {
  test('counts each exit once, though it is seen first as the present life and then as the previous one', () => {
    const history = lifeOf(
      pod({}),
      pod({ state: ended(1, 0) }),
      pod({ restarts: 1, last: ended(1, 0) }),
      pod({ restarts: 1, state: ended(2, 1), last: ended(1, 0) }),
      pod({ restarts: 1, state: { waiting: { reason: 'CrashLoopBackOff' } }, last: ended(2, 1) }),
    )
    expect(codes(history)).toEqual([1, 2])
  })

  test('sees an exit that was over between two looks', () => {
    expect(codes(lifeOf(pod({}), pod({ restarts: 1, last: ended(137, 0) })))).toEqual([137])
  })

  test('leaves out an exit from before it looked, which may be weeks old', () => {
    expect(codes(lifeOf(pod({ restarts: 3, last: ended(1, 2) }), pod({ restarts: 3, last: ended(1, 2) })))).toEqual([])
  })

  test('counts an exit from before it looked where the cluster itself tells that the present one followed soon', () => {
    expect(codes(lifeOf(pod({ restarts: 1, last: ended(3, 0, '10:00:00'), state: ended(3, 1, '10:00:12') })))).toEqual([3, 3])
    expect(codes(lifeOf(pod({ restarts: 1, last: ended(3, 0, '09:00:00'), state: ended(3, 1, '10:00:12') })))).toEqual([3])
    expect(codes(lifeOf(pod({ restarts: 1, last: ended(3, 0), state: ended(3, 1) })))).toEqual([3])
  })

  test('takes the exit of the present life as news, even at first sight', () => {
    expect(codes(lifeOf(pod({ state: ended(1, 0) })))).toEqual([1])
  })

  test.each([
    { name: 'a restart', pods: [pod({ ready: 'a' }), pod({ ready: 'a', restarts: 1 })], at: 1_000 },
    { name: 'a lost readiness', pods: [pod({ ready: 'a' }), pod({})], at: 1_000 },
    { name: 'a readiness lost and regained between two looks', pods: [pod({ ready: 'a' }), pod({ ready: 'b' })], at: 1_000 },
    { name: 'no first readiness', pods: [pod({}), pod({ ready: 'a' }), pod({ ready: 'a' })], at: undefined },
    { name: 'the last disturbance', pods: [pod({ ready: 'a' }), pod({}), pod({ ready: 'b' }), pod({})], at: 3_000 },
  ])('notices $name', ({ pods, at }) => {
    expect(lifeOf(...pods).get('p1')?.disturbedAt).toBe(at)
  })

  test('forgets Pods that are gone', () => {
    expect(rememberPods(lifeOf(pod({})), [], 5).size).toBe(0)
  })
})

describe('rememberSigns', () => {
  test('keeps the first time while a sign is there and starts anew after it was gone', () => {
    const first = rememberSigns(new Map(), [{ name: 'a' }, { name: 'b' }], 1_000)
    const second = rememberSigns(first, [{ name: 'a' }], 2_000)
    const third = rememberSigns(second, [{ name: 'a' }, { name: 'b' }], 3_000)
    expect([...third]).toEqual([
      ['a', 1_000],
      ['b', 3_000],
    ])
  })

  test('takes what the cluster proves at first sight, but for the second its timestamps may be wrong by; later our own clock counts', () => {
    const first = rememberSigns(new Map(), [{ name: 'a', proven: 8_000 }], 10_000)
    expect(first.get('a')).toBe(3_000)
    expect(rememberSigns(first, [{ name: 'a', proven: 20_000 }], 12_000).get('a')).toBe(3_000)
    expect(rememberSigns(new Map(), [{ name: 'a', proven: 500 }], 10_000).get('a')).toBe(10_000)
  })
})

describe('rememberSteadiness', () => {
  test('begins when all is there, begins again with a disturbance, and counts how often it broke', () => {
    const full = rememberSteadiness(UNSTEADY, { isFull: true }, 1_000)
    const disturbed = rememberSteadiness(full, { isFull: true, disturbedAt: 2_000 }, 2_000)
    const lost = rememberSteadiness(disturbed, { isFull: false, disturbedAt: 3_000 }, 3_000)
    const stillLost = rememberSteadiness(lost, { isFull: false }, 3_500)
    const back = rememberSteadiness(stillLost, { isFull: true, disturbedAt: 3_000 }, 4_000)
    expect([full, disturbed, lost, stillLost, back]).toEqual([
      { since: 1_000, breaks: 0 },
      { since: 2_000, breaks: 1 },
      { breaks: 2 },
      { breaks: 2 },
      { since: 4_000, breaks: 2 },
    ])
  })

  test('does not hold restarts from before against a target that is complete only now', () => {
    expect(rememberSteadiness(UNSTEADY, { isFull: true, disturbedAt: 500 }, 1_000)).toEqual({ since: 1_000, breaks: 0 })
  })
})

describe('steadyWindow', () => {
  test('doubles with every break, up to a minute, and never falls below what was asked for', () => {
    expect([0, 1, 2, 3, 4, 9].map((breaks) => steadyWindow(5_000, { breaks }))).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000])
    expect(steadyWindow(90_000, { breaks: 3 })).toBe(90_000)
  })
})
