/** `pnpm demo`: brings a cluster up, tells the story in it, takes down what it brought up. */
import { Failure, resolveCluster, streamReport } from '@fairlead/bed'
import { obtainLoad } from '@fairlead/load'
import { join } from 'node:path'

try {
  process.exitCode = await demo()
} catch (error) {
  if (!(error instanceof Failure)) throw error
  console.error(error.message)
  process.exitCode = 1
}

async function demo(): Promise<number> {
  const began = Date.now()
  const report = streamReport(process.stderr)
  // Before the cluster: inside the bed nothing could be fetched that building it may need.
  await obtainLoad(process.env, report)
  const cluster = await resolveCluster({ report })
  try {
    const script = join(import.meta.dirname, 'tell.ts')
    const telling = cluster.run(process.execPath, ['--conditions=source', script, String(Date.now() - began)], { stdio: 'inherit' })
    // Ctrl-C reaches the telling by the terminal; it ends, and the cluster is taken down below.
    process.on('SIGINT', () => undefined)
    return await new Promise<number>((resolve, reject) => {
      telling.on('error', reject)
      telling.on('close', (code) => resolve(code ?? 130))
    })
  } finally {
    await cluster.down()
  }
}
