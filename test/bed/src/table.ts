import { readdir, readFile } from 'node:fs/promises'
import { isInside, type BedRecord } from './cluster/record.ts'
import type { ComponentStatus, Status } from './lifecycle/status.ts'

/** A bed's status as plain lines: each component with its pid on this machine and inside the bed, its state and age. */
export async function statusTable(record: BedRecord, status: Status): Promise<string> {
  const pids = await machinePids(isInside(record.name) ? 1 : record.first.pid)
  const rows = [
    ['component', 'pid', 'inside', 'state', 'seconds'],
    ...status.components.map((component) => [
      component.name,
      String(pids.get(component.pid) ?? '-'),
      String(component.pid),
      stateOf(component, pids),
      ((Date.now() - component.startedAt) / 1000).toFixed(0),
    ]),
  ]
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  const table = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  const failure = status.failure === undefined ? [] : ['', status.failure]
  return [`bed "${record.name}": ${status.state}`, ...table, ...failure, ''].join('\n')
}

function stateOf(component: ComponentStatus, pids: ReadonlyMap<number, number>): string {
  if (component.stopped === true) return 'stopped'
  if (component.ended !== undefined) return `ended (${component.ended})`
  return pids.has(component.pid) ? 'running' : 'gone'
}

/** The processes in the namespace of `first`: their number inside -> their number on this machine. */
async function machinePids(first: number): Promise<ReadonlyMap<number, number>> {
  const found = new Map<number, number>()
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const status = await readFile(`/proc/${name}/status`, 'utf8').catch(() => '')
    const numbers = /^NSpid:\t(.*)$/m.exec(status)?.[1]?.split('\t') ?? []
    if (await isBelow(Number(name), first)) found.set(Number(numbers.at(-1)), Number(name))
  }
  return found
}

async function isBelow(pid: number, ancestor: number): Promise<boolean> {
  for (let current = pid; current > 0;) {
    if (current === ancestor) return true
    const status = await readFile(`/proc/${current}/status`, 'utf8').catch(() => '')
    current = Number(/^PPid:\t(\d+)$/m.exec(status)?.[1] ?? 0)
  }
  return false
}
