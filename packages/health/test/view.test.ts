import { describe, expect, test } from 'vitest'
import type { KubeObject, Resource } from '@fairlead/kube'
import { targetPodsOf } from '../src/judging/target-pods.ts'
import { View, type Source } from '../src/seeing/view.ts'

const CORE = { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true }
const FOREIGN = { ...CORE, apiVersion: 'example.com/v1' }

function source(resource: Resource): Source {
  const { apiVersion, kind } = resource
  const ownerReferences = [{ apiVersion: 'v1', kind: 'Owner', name: 'owner', uid: 'owner', controller: true }]
  const objects: readonly KubeObject[] = [{ apiVersion, kind, metadata: { name: 'web', namespace: 'shop', uid: apiVersion, ownerReferences } }]
  return { selection: { resource, namespace: 'shop' }, objects: () => objects }
}

describe('View', () => {
  test('finds each of two objects that share kind, namespace and name', () => {
    const view = new View()
    view.add([source(CORE), source(FOREIGN)])
    const found = [CORE, FOREIGN].map((resource) => view.find({ resource, namespace: 'shop', name: 'web' })?.apiVersion)
    expect(found).toEqual(['v1', 'example.com/v1'])
  })

  test('takes no foreign kind for what stands around a target', () => {
    const view = new View()
    view.add([source(FOREIGN)])
    expect([view.around('shop').knows('Pod'), view.around('shop').ownedBy('owner', 'Pod'), view.pods()]).toEqual([false, [], []])
  })
})

describe('targetPodsOf', () => {
  test('finds no Pods for a foreign kind that is called as one of Kubernetes', () => {
    const view = new View()
    view.add([source(CORE)])
    const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'job', namespace: 'shop', uid: 'owner' } }
    const counts = [job, { ...job, apiVersion: 'batch.volcano.sh/v1alpha1' }].map((object) => targetPodsOf(object, view.around('shop')).pods.length)
    expect(counts).toEqual([1, 0])
  })
})
