import { runOnRunner } from '@fairlead/action'
import { openTransport, openWorkspace } from '@fairlead/base'
import { connectionOf } from '@fairlead/kube'
import { connectCluster } from '@fairlead/kube/client'
import { forbiddenAddress } from './forbidden-address.ts'
import { healthCheck } from './operation.ts'

process.exitCode = await runOnRunner(healthCheck, process, async (inputs, host) => ({
  cluster: await connectCluster(connectionOf(inputs), host),
  workspace: openWorkspace(host.workspace),
  web: openTransport({ environment: host.environment, forbid: (address) => forbiddenAddress(address, inputs['allow-local-url']) }),
}))
