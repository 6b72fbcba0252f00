import { runOnRunner } from '@fairlead/action'
import { openTransport } from '@fairlead/base'
import { openGitHub } from '@fairlead/github/client'
import { connectionOf } from '@fairlead/kube'
import { connectCluster } from '@fairlead/kube/client'
import { rollback } from './operation.ts'

process.exitCode = await runOnRunner(rollback, process, async (inputs, host) => ({
  cluster: await connectCluster(connectionOf(inputs), host),
  web: openTransport({ environment: host.environment }),
  github: openGitHub({ token: inputs['github-token'] ?? '', host }),
}))
