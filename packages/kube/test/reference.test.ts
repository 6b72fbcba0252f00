import { referenceKey, type ObjectReference } from '@fairlead/kube'
import { describe, expect, test } from 'vitest'

const at = (apiVersion: string, kind: string, name = 'web', namespace: string | undefined = 'shop'): ObjectReference => ({
  resource: { apiVersion, kind, plural: `${kind.toLowerCase()}s`, namespaced: true },
  name,
  ...(namespace === undefined ? {} : { namespace }),
})

describe('referenceKey', () => {
  test.each([
    { name: 'of another group', one: at('v1', 'Service'), other: at('serving.knative.dev/v1', 'Service') },
    { name: 'of another kind', one: at('apps/v1', 'Deployment'), other: at('apps/v1', 'ReplicaSet') },
    { name: 'of another namespace', one: at('v1', 'Service'), other: at('v1', 'Service', 'web', 'db') },
    { name: 'of another name', one: at('v1', 'Service'), other: at('v1', 'Service', 'db') },
  ])('tells an object from one $name', ({ one, other }) => {
    expect(referenceKey(one)).not.toBe(referenceKey(other))
  })

  test('does not tell versions of one group apart', () => {
    expect(referenceKey(at('autoscaling/v2', 'HorizontalPodAutoscaler'))).toBe(referenceKey(at('autoscaling/v1', 'HorizontalPodAutoscaler')))
  })
})
