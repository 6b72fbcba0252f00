import type { Workspace } from '@fairlead/base'
import { parseInputs } from '@fairlead/action'
import { FakeCluster } from '@fairlead/kube/testing'
import { describe, expect, test } from 'vitest'
import { inputs } from '../src/inputs.ts'
import { resolveTargets } from '../src/targets.ts'

const KNATIVE = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', plural: 'services', namespaced: true }
const PAIR = `apiVersion: v1
kind: Service
metadata: {name: web}
---
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: web}
`

function resolve(given: Readonly<Record<string, string>>, text = '', signal = new AbortController().signal) {
  const workspace: Workspace = { read: async () => [{ file: 'web.yaml', text }] }
  const cluster = new FakeCluster({ namespaces: ['shop'], resources: [KNATIVE] })
  return resolveTargets(
    parseInputs(inputs, (name) => ({ namespace: 'shop', ...given })[name]),
    { cluster, workspace, signal },
  )
}

describe('resolveTargets', () => {
  test('judges two objects of one name in two API groups', async () => {
    expect((await resolve({ manifests: 'web.yaml' }, PAIR)).map(({ reference }) => reference.resource.apiVersion)).toEqual(['v1', 'serving.knative.dev/v1'])
  })

  test('judges an object that is named twice once, by its manifest', async () => {
    const found = await resolve({ manifests: 'web.yaml', objects: 'svc/web\nshop/svc/web' }, PAIR.split('---')[0])
    expect(found.map(({ reference, manifest }) => [reference.name, manifest?.file])).toEqual([['web', 'web.yaml']])
  })

  test('ends with the run', async () => {
    const over = new AbortController()
    over.abort(new Error('cancelled'))
    await expect(resolve({ selector: 'app=web' }, '', over.signal)).rejects.toThrow('cancelled')
  })
})
