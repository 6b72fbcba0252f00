import { isFault } from '@fairlead/base'
import { connectCluster } from '@fairlead/kube/client'
import { NO_INPUTS, testHost } from './test-host.ts'

// A process of its own, for what Node reads from its environment when it starts: reads one object and prints its name, or why it could not.
const cluster = await connectCluster(NO_INPUTS, testHost({ environment: process.env }), { readDeadline: 0 })
const namespaces = await cluster.resourceNamed('namespaces')
const answer = await cluster.get({ resource: namespaces, name: 'shop' }).then(
  (found) => found?.metadata.name,
  (error: unknown) => (isFault(error) ? error.code : String(error)),
)
process.stdout.write(`${answer}\n`)
cluster.close()
