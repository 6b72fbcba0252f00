import { openTransport } from '@fairlead/base'
import { connectionOf } from '@fairlead/kube'
import { connectCluster } from '@fairlead/kube/client'
import { rollback as operation } from '@fairlead/rollback/operation'
import { command } from './command.ts'
import { openGitHubFor } from './github.ts'

/** `fairlead rollback`. */
export const rollback = command({
  name: 'rollback',
  summary: 'takes an app back: out of a release on its way, or to the one before',
  operation,
  connect: async (inputs, host) => ({
    cluster: await connectCluster(connectionOf(inputs), host),
    web: openTransport({ environment: host.environment }),
    github: openGitHubFor(inputs, host),
  }),
})
