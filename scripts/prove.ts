/** `pnpm prove [name...]`: the long proofs, each whole; what was measured already for this bundle is not measured again. */
import { join } from 'node:path'
import { Failure, resolveCluster, streamReport } from '@fairlead/bed'
import { ROOT } from './actions.ts'

const PROOFS = [
  'start',
  'hundred-deployments',
  'six-causes',
  'releases',
  'adoptions',
  'rollbacks',
  'rolling-updates',
  'survival',
  'crashes',
  'contention',
  'faults',
  'model',
]
const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !PROOFS.includes(name))

try {
  if (unknown.length > 0) throw new Failure(`prove: expected ${PROOFS.join(', ')} or nothing for all, got ${unknown.join(', ')}`)
  process.exitCode = await proveAll(asked.length > 0 ? asked : PROOFS)
} catch (error) {
  if (!(error instanceof Failure)) throw error
  console.error(error.message)
  process.exitCode = 1
}

async function proveAll(names: readonly string[]): Promise<number> {
  const cluster = await resolveCluster({ report: streamReport(process.stderr) })
  try {
    for (const name of names) {
      const proof = cluster.run(process.execPath, ['--conditions=source', join(ROOT, 'test/figures', `${name}.ts`)], { cwd: ROOT, stdio: 'inherit' })
      const code = await new Promise<number | null>((resolve, reject) => {
        proof.on('error', reject)
        proof.on('close', resolve)
      })
      if (code !== 0) return 1
    }
    return 0
  } finally {
    await cluster.down()
  }
}
