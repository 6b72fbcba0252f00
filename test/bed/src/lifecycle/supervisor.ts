/**
 * The bed's supervisor, started by `up` inside the new namespaces: `node supervisor.ts <bed folder>`. It starts the
 * components, is their parent, and writes the status file. File 3 is the /proc folder of the process that must live
 * until the bed is ready, file 4 (optional) the one that must live as long as the bed.
 */
import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { startComponent, type Component } from '../components/component.ts'
import { Failure, sentence } from '../failure.ts'
import { lockOf } from '../machine/folders.ts'
import { bedPaths, type Layout } from '../machine/layout.ts'
import { statFields } from '../machine/process-identity.ts'
import { emptyBed } from '../machine/residue.ts'
import { startBed } from './start.ts'
import { readJson, writeJson, type ComponentStatus, type Status } from './status.ts'

const folder = process.argv[2] ?? ''
const paths = bedPaths(folder)
const layout = (await readJson<Layout>(paths.layout)) ?? fail(`${paths.layout}: expected the bed's layout, got no such file`)
const startedAt = performance.now()
const crash = new AbortController()
let status: Status = { state: 'starting', stages: [], components: [] }
let writing = Promise.resolve()
const known = new Map<string, Component>()
const stopped = new Set<string>()

void watchGuardians()
try {
  await startBed(layout, { start, stage, signal: crash.signal })
  if (status.state === 'starting') update({ state: 'ready' })
  void obeyWishes()
} catch (error) {
  // The first thing that went wrong is what is told; all later failures follow from it.
  if (status.state !== 'failed') update({ state: 'failed', failure: sentence(error) })
}
setInterval(() => {}, 1 << 30) // what was started keeps running, and so does its parent

function update(change: Partial<Status>): void {
  status = { ...status, ...change }
  const now = status
  writing = writing.then(() => writeJson(paths.status, now)).catch(() => {})
}

function stage(name: string): void {
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10
  update({ stages: [...status.stages, { name, seconds }] })
}

function start(component: Component): void {
  const { name } = component
  const pid = startComponent(component, paths.logs, (ending) => {
    if (stopped.has(name)) return change(name, { stopped: true })
    const failure = `${ending.component.name} ended unexpectedly (${ending.how}); the end of its log:\n${ending.log}`
    const components = status.components.map((one): ComponentStatus => (one.name === component.name ? { ...one, ended: ending.how } : one))
    update(status.state === 'failed' ? { components } : { components, state: 'failed', failure })
    crash.abort(new Failure(failure))
  })
  known.set(name, component)
  const others = status.components.filter((one) => one.name !== name)
  update({ components: [...others, { name, pid, startedAt: Date.now() }] })
}

function change(name: string, state: Partial<ComponentStatus>): void {
  update({ components: status.components.map((one): ComponentStatus => (one.name === name ? { ...one, ...state } : one)) })
}

/** Stops what is on the list, by SIGKILL as a crash does, and starts what is on it no more. */
async function obeyWishes(): Promise<void> {
  for (;;) {
    const wishes = (await readJson<readonly string[]>(paths.stopped)) ?? []
    for (const name of wishes) {
      const running = status.components.find((one) => one.name === name)
      if (running === undefined || stopped.has(name)) continue
      stopped.add(name)
      process.kill(running.pid, 'SIGKILL')
    }
    for (const one of status.components) {
      const component = known.get(one.name)
      if (one.stopped !== true || wishes.includes(one.name) || component === undefined) continue
      stopped.delete(one.name)
      start(component)
    }
    await sleep(50)
  }
}

/** Ends the bed, residue included, as soon as a process it was to live and die with is gone. */
async function watchGuardians(): Promise<void> {
  const diesWithAnother = guardianLives(4) // asked once at the start: without the option there is no file 4
  for (;;) {
    const orphaned = status.state === 'starting' && !guardianLives(3)
    if (orphaned || (diesWithAnother && !guardianLives(4))) {
      await emptyBed(layout)
      if (orphaned) await rm(lockOf(folder), { recursive: true, force: true }) // its holder was killed with it in hand
      process.exit(0)
    }
    await sleep(200)
  }
}

/** A process's /proc folder opened before its death stays that process's: no later one can take its place. */
function guardianLives(file: number): boolean {
  try {
    const fields = statFields(readFileSync(`/proc/self/fd/${file}/stat`, 'utf8'))
    return fields !== undefined && fields.state !== 'Z'
  } catch {
    return false
  }
}

function fail(message: string): never {
  throw new Failure(message)
}
