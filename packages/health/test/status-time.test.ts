import { describe, expect, test } from 'vitest'
import type { KubeObject } from '@fairlead/kube'
import { surroundingsOf, type HealthStatus } from '../src/index.ts'
import { statusTime } from '../src/judging/status-time.ts'
import { targetPodsOf } from '../src/judging/target-pods.ts'
import { fixture } from './fixture.ts'

const CREATED = '2026-03-02T10:00:00Z'

function timeOf(object: KubeObject, status: HealthStatus, others: readonly KubeObject[] = []): string | undefined {
  const around = surroundingsOf([object, ...others], ['ReplicaSet', 'Pod'])
  return statusTime(object, status, targetPodsOf(object, around))
}

function custom(...conditions: readonly (readonly [type: string, status: string, second: number])[]): KubeObject {
  const entries = conditions.map(([type, status, second]) => ({ type, status, lastTransitionTime: `2026-03-02T10:00:${second}Z` }))
  return { apiVersion: 'example.com/v1', kind: 'Database', metadata: { name: 'db', creationTimestamp: CREATED }, status: { conditions: entries } }
}

describe('statusTime', () => {
  const cases = [
    {
      name: 'the newest of the conditions that make it Healthy',
      object: custom(['Ready', 'True', 11], ['Available', 'True', 12]),
      status: 'Healthy',
      second: 12,
    },
    { name: 'the condition that is not true', object: custom(['Ready', 'False', 11], ['Available', 'True', 12]), status: 'Progressing', second: 11 },
    { name: 'the condition that says what is wrong', object: custom(['Ready', 'True', 12], ['Degraded', 'True', 11]), status: 'Degraded', second: 11 },
    { name: 'work that goes on', object: custom(['Ready', 'True', 12], ['Reconciling', 'True', 11]), status: 'Progressing', second: 11 },
  ] as const
  test.each(cases)('is that of $name', ({ object, status, second }) => {
    expect(timeOf(object, status)).toBe(`2026-03-02T10:00:${second}Z`)
  })

  test('is that of the last Pod to become ready, for a workload whose own conditions tell nothing', () => {
    const { object, others } = fixture('stateful-set-healthy')
    const pods = others.map((pod, index) => ({
      ...pod,
      status: { ...(pod.status as object), conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: `2026-03-02T10:0${index}:30Z` }] },
    }))
    expect(timeOf(object, 'Healthy', pods)).toBe('2026-03-02T10:02:30Z')
  })

  test('is the creation of an object without conditions', () => {
    expect(timeOf(fixture('config-map-present').object, 'Healthy')).toBe(CREATED)
  })

  test('is unknown while the conditions are those of an earlier generation', () => {
    const object = custom(['Ready', 'False', 11])
    const earlier = { ...object, metadata: { ...object.metadata, generation: 2 }, status: { ...(object.status as object), observedGeneration: 1 } }
    expect(timeOf(earlier, 'Progressing')).toBeUndefined()
  })

  test('is unknown where no condition bears on the status, where the object is not, and where a time cannot be read', () => {
    const times = [
      timeOf(custom(['Ready', 'True', 11]), 'Suspended'),
      timeOf(custom(['Ready', 'True', 11]), 'Missing'),
      timeOf(custom(['Ready', 'True', 99]), 'Healthy'),
      timeOf(fixture('stateful-set-updating').object, 'Progressing'),
    ]
    expect(times).toEqual([undefined, undefined, undefined, undefined])
  })
})
