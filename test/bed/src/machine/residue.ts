import { readdir, readFile, rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { removeCgroup } from './cgroup.ts'
import type { Layout } from './layout.ts'
import { attempt } from './program.ts'

/** Removes what a bed whose processes are gone has left: its cgroup and its folder. Gives what resisted. */
export async function removeResidue(layout: Pick<Layout, 'folder' | 'cgroup'>): Promise<readonly string[]> {
  const left = [...(await removeCgroup(layout.cgroup))]
  await rm(layout.folder, { recursive: true, force: true, maxRetries: 5 }).catch(() => left.push(layout.folder))
  return left
}

/**
 * Ends everything in the bed from inside, apart from the supervisor that calls it and the first process, and removes
 * what it has left. For a bed nobody will say `down` to any more.
 */
export async function emptyBed(layout: Layout): Promise<void> {
  for (let tries = 0; tries < 100 && (await othersLive()); tries += 1) {
    try {
      process.kill(-1, 'SIGKILL') // in this process namespace; it spares the caller and the first process
    } catch {
      break // nobody was left
    }
    await sleep(20)
  }
  for (const mount of await mountsBelow(layout.folder)) await attempt('umount', ['--lazy', mount])
  await removeResidue(layout)
}

async function othersLive(): Promise<boolean> {
  const numbers = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  return numbers.some((pid) => pid !== 1 && pid !== process.pid)
}

async function mountsBelow(folder: string): Promise<readonly string[]> {
  const mounts = await readFile('/proc/self/mounts', 'utf8')
  return mounts
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((path) => path.startsWith(`${folder}/`))
    .toReversed()
}
