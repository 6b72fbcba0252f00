import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { exists } from '../binaries/cache.ts'
import { componentEnvironment, tail } from '../components/component.ts'
import { ensurePackages } from '../binaries/debian.ts'
import { Failure } from '../failure.ts'
import { bedFolder, lockOf } from '../machine/folders.ts'
import { bedPaths, cgroupOf, type Layout } from '../machine/layout.ts'
import { withLock } from '../binaries/lock.ts'
import { unshareCommand } from '../machine/namespace.ts'
import { childrenOf, identify, isAlive, type ProcessIdentity } from '../machine/process-identity.ts'
import { obtainPrograms } from '../binaries/programs.ts'
import { isInside, isRunning, readRecord, type BedRecord } from '../cluster/record.ts'
import type { Report } from '../report.ts'
import { removeResidue } from '../machine/residue.ts'
import { readJson, writeJson, type Status } from './status.ts'
import { until } from '../machine/until.ts'

/** How a bed is brought up. */
export interface BedOptions {
  readonly name: string
  readonly environment: NodeJS.ProcessEnv
  readonly report: Report
  /** The process with whose end the bed ends too, however that comes about. */
  readonly dieWith?: number
}

/** Brings a bed up, or finds the one of that name already up. Whatever stops it half-way, nothing of it is left. */
export async function bedUp(options: BedOptions): Promise<BedRecord> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new Failure(
      `the bed: expected root on Linux, got ${process.platform} as user ${process.getuid?.() ?? '?'}; use Docker (kind), or point FAIRLEAD_KUBECONFIG at a cluster`,
    )
  }
  const folder = bedFolder(options.environment, options.name)
  return withLock(lockOf(folder), options.report, async () => {
    const running = await readRecord(options.environment, options.name)
    if (running?.kind === 'bed' && (await isRunning(running))) return healthy(running)
    await removeResidue({ folder, cgroup: cgroupOf(options.name, folder) })
    await ensurePackages(options.report)
    const programs = await obtainPrograms(options.environment, options.report)
    return launch({ name: options.name, folder, cgroup: cgroupOf(options.name, folder), programs }, options)
  })
}

/** Takes a bed down and removes all it has left. A bed that is not there is down already. */
export async function bedDown(record: BedRecord): Promise<void> {
  if (isInside(record.name)) throw new Failure(`bed "${record.name}": cannot be taken down from inside itself; run pnpm bed down outside`)
  await end(record.first)
  const left = await removeResidue(record)
  if (left.length > 0) throw new Failure(`bed "${record.name}": could not remove ${left.join(', ')}; look for processes in them`)
}

/** The state of a bed. A bed whose processes are gone has failed, whatever it said last. */
export async function bedStatus(record: BedRecord): Promise<Status> {
  const { status: file, logs } = bedPaths(record.folder)
  const status = (await readJson<Status>(file)) ?? { state: 'starting', stages: [], components: [] }
  if (status.state === 'failed' || (await isRunning(record))) return status
  return { ...status, state: 'failed', failure: `the bed's supervisor has ended; the end of its log:\n${tail(join(logs, 'supervisor.log'))}` }
}

/** The record itself when the bed is ready for use; otherwise a `Failure` that says what has ended and shows its log. */
export async function healthy(record: BedRecord): Promise<BedRecord> {
  const status = await bedStatus(record)
  if (status.state === 'ready') return record
  const what = status.failure ?? 'it is still starting'
  const name = record.name === 'default' ? '' : ` --name ${record.name}`
  throw new Failure(`bed "${record.name}" is not usable: ${what}\nto start afresh: pnpm bed down${name}, then pnpm bed up${name}`)
}

async function launch(layout: Layout, options: BedOptions): Promise<BedRecord> {
  const paths = bedPaths(layout.folder)
  let first: ProcessIdentity | undefined
  try {
    await mkdir(paths.logs, { recursive: true })
    await writeJson(paths.layout, layout)
    first = await spawnSupervisor(layout, options.dieWith)
    const { name, folder, cgroup, programs } = layout
    const record: BedRecord = { kind: 'bed', name, folder, cgroup, first, bin: programs.bin, shop: programs.shop }
    await writeJson(paths.record, record)
    await follow(record, options.report)
    return record
  } catch (error) {
    if (first !== undefined) await end(first)
    await removeResidue(layout)
    throw error
  }
}

/** Starts the namespaces with the supervisor in them, and gives their first process. */
async function spawnSupervisor(layout: Layout, dieWith: number | undefined): Promise<ProcessIdentity> {
  const log = openSync(join(bedPaths(layout.folder).logs, 'supervisor.log'), 'a')
  const guardians = [process.pid, ...(dieWith === undefined ? [] : [dieWith])].map(openProcess)
  const supervisor = [process.execPath, join(import.meta.dirname, 'supervisor.ts'), layout.folder]
  const [command = '', ...args] = unshareCommand(supervisor)
  const child = spawn(command, args, {
    cwd: '/',
    detached: true,
    env: componentEnvironment(process.env),
    stdio: ['ignore', log, log, ...guardians],
  })
  for (const file of [log, ...guardians]) closeSync(file)
  child.unref()
  return until({ what: 'the namespaces to open', seconds: 10 }, async () => {
    if (child.exitCode !== null)
      throw new Failure(`unshare ended with exit code ${child.exitCode}\n${tail(join(bedPaths(layout.folder).logs, 'supervisor.log'))}`)
    const [pid] = await childrenOf(child.pid ?? 0)
    return pid === undefined ? undefined : identify(pid)
  })
}

/** A process's /proc folder, by which another namespace can watch it. */
function openProcess(pid: number): number {
  try {
    return openSync(`/proc/${pid}`, 'r')
  } catch {
    throw new Failure(`--die-with: expected the number of a running process, got ${pid}`)
  }
}

/** Tells each stage as it is done, until the bed is ready. */
async function follow(record: BedRecord, report: Report): Promise<void> {
  for (let told = 0; ; await sleep(50)) {
    const status = await bedStatus(record)
    for (const { name, seconds } of status.stages.slice(told)) report.line(`  ${seconds.toFixed(1).padStart(5)} s  ${name}`)
    told = status.stages.length
    if (status.state === 'ready') return
    if (status.state === 'failed') throw new Failure(`bed "${record.name}" did not start: ${status.failure ?? ''}`)
  }
}

/** Ends the namespaces by their first process, if it is still that process, and waits until nothing in them runs. */
async function end(first: ProcessIdentity): Promise<void> {
  if (!(await isAlive(first))) return
  process.kill(first.pid, 'SIGKILL')
  await until({ what: `process ${first.pid} to end`, seconds: 20 }, async () => !(await exists(`/proc/${first.pid}`)) || !(await isAlive(first)))
}
