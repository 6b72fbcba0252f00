/** `pnpm demo`: brings a cluster up, shows the tour in it, takes down what it brought up. */
import { Failure, resolveCluster, streamReport } from '@fairlead/bed'
import { join } from 'node:path'

try {
  process.exitCode = await demo()
} catch (error) {
  if (!(error instanceof Failure)) throw error
  console.error(error.message)
  process.exitCode = 1
}

async function demo(): Promise<number> {
  const cluster = await resolveCluster({ report: streamReport(process.stderr) })
  try {
    const tour = cluster.run(process.execPath, ['--conditions=source', join(import.meta.dirname, 'tour.ts')], { stdio: 'inherit' })
    // Ctrl-C reaches the tour by the terminal; it ends, and the cluster is taken down below.
    process.on('SIGINT', () => undefined)
    return await new Promise<number>((resolve, reject) => {
      tour.on('error', reject)
      tour.on('close', (code) => resolve(code ?? 130))
    })
  } finally {
    await cluster.down()
  }
}
