import { runOnRunner } from '@fairlead/action'
import { openTransport, openWorkspace } from '@fairlead/base'
import { forbiddenAddress } from '@fairlead/health/checks'
import { connectionOf } from '@fairlead/kube'
import { connectCluster } from '@fairlead/kube/client'
import { healthCheck } from './operation.ts'

process.exitCode = await runOnRunner(healthCheck, process, async (inputs, host) => ({
  cluster: await connectCluster(connectionOf(inputs), host),
  workspace: openWorkspace(host.workspace),
  web: openTransport({ environment: host.environment, forbid: (address) => forbiddenAddress(address, inputs['allow-local-url']) }),
}))
