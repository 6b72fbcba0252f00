import { openTransport, openWorkspace } from '@fairlead/base'
import { deployBlueGreen } from '@fairlead/deploy-bluegreen/operation'
import { forbiddenAddress } from '@fairlead/health/checks'
import { openRegistry } from '@fairlead/image/registry'
import { connectionOf } from '@fairlead/kube'
import { connectCluster, openRenderer } from '@fairlead/kube/client'
import { command } from './command.ts'
import { openGitHubFor } from './github.ts'

/** `fairlead deploy`. */
export const deploy = command({
  name: 'deploy',
  summary: 'releases beside what serves, proves it there, then moves traffic',
  operation: deployBlueGreen,
  connect: async (inputs, host) => ({
    cluster: await connectCluster(connectionOf(inputs), host),
    workspace: openWorkspace(host.workspace),
    renderer: openRenderer(host),
    registry: openRegistry(host),
    github: openGitHubFor(inputs, host),
    web: openTransport({ environment: host.environment, forbid: (address) => forbiddenAddress(address, inputs['allow-local-url']) }),
  }),
})
