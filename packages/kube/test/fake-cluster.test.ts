import { FakeCluster } from '@fairlead/kube/testing'
import { describeCluster } from '@fairlead/kube/conformance'

describeCluster('FakeCluster', async () => {
  const cluster = new FakeCluster({ namespaces: ['default', 'suite'] })
  const forgotten = async () => {
    cluster.compact()
    return { selection: { resource: await cluster.resourceNamed('configmaps') }, resourceVersion: '1' }
  }
  return { cluster, namespace: 'suite', forgotten }
})
