import { openTransport, openWorkspace } from '@fairlead/base'
import { forbiddenAddress } from '@fairlead/health/checks'
import { healthCheck } from '@fairlead/health-check/operation'
import { connectionOf } from '@fairlead/kube'
import { connectCluster } from '@fairlead/kube/client'
import { command } from './command.ts'

/** `fairlead health deployment/web`. */
export const health = command({
  name: 'health',
  summary: 'waits until objects are healthy, or says why they are not',
  operation: healthCheck,
  positional: 'objects',
  connect: async (inputs, host) => ({
    cluster: await connectCluster(connectionOf(inputs), host),
    workspace: openWorkspace(host.workspace),
    web: openTransport({ environment: host.environment, forbid: (address) => forbiddenAddress(address, inputs['allow-local-url']) }),
  }),
})
