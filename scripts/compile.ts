import { spawn } from 'node:child_process'
import { glob, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { bundledFolders, ROOT } from './actions.ts'

/**
 * Compiles every package that the bundles stand on to its build/.
 * Removes each build/ first: the compiler takes a deleted one for up to date and a stale bundle would follow.
 */
export async function compile(): Promise<void> {
  for await (const build of glob('{packages,actions}/*/build', { cwd: ROOT })) await rm(join(ROOT, build), { recursive: true, force: true })
  await run(join(ROOT, 'node_modules/.bin/tsc'), ['-b', ...(await bundledFolders())])
}

/** Runs a program of the repository's in its root; rejects when it fails. */
export async function run(command: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<void> {
  const child = spawn(command, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...environment } })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  if (code !== 0) throw new Error(`${command.slice(command.lastIndexOf('/') + 1)} ${args[0] ?? ''} ended with ${code}`)
}
