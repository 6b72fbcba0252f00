import { runOnRunner } from '@fairlead/action'
import { openTransport, openWorkspace } from '@fairlead/base'
import { openRegistry } from '@fairlead/image/registry'
import { openGitHub } from '@fairlead/github/client'
import { connectionOf } from '@fairlead/kube'
import { connectCluster, openRenderer } from '@fairlead/kube/client'
import { forbiddenAddress } from '@fairlead/health/checks'
import { deployBlueGreen } from './operation.ts'

process.exitCode = await runOnRunner(deployBlueGreen, process, async (inputs, host) => ({
  cluster: await connectCluster(connectionOf(inputs), host),
  workspace: openWorkspace(host.workspace),
  renderer: openRenderer(host),
  registry: openRegistry(host),
  github: openGitHub({ token: inputs['github-token'] ?? '', host }),
  web: openTransport({ environment: host.environment, forbid: (address) => forbiddenAddress(address, inputs['allow-local-url']) }),
}))
