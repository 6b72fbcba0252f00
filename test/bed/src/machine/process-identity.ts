import { readFile } from 'node:fs/promises'

/** One process, told apart from a later one that happens to get the same number. */
export interface ProcessIdentity {
  readonly pid: number
  /** Field 22 of /proc/<pid>/stat: clock ticks between the machine's start and the process's. */
  readonly startTime: string
}

/** Who the process with that number is now, or `undefined` when there is none (a zombie counts as none). */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const fields = statFields(stat)
  return fields === undefined || fields.state === 'Z' ? undefined : { pid, startTime: fields.startTime }
}

/** Whether that very process still runs; a recycled number is another process. */
export async function isAlive(process: ProcessIdentity): Promise<boolean> {
  return (await identify(process.pid))?.startTime === process.startTime
}

/** Reads state and start time from a line of /proc/<pid>/stat, whatever brackets and blanks the program's name holds. */
export function statFields(stat: string): { readonly state: string; readonly startTime: string } | undefined {
  const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, startTime] = [afterName[0], afterName[19]]
  return state === undefined || startTime === undefined ? undefined : { state, startTime }
}

/** The numbers of the processes a process has started, itself excluded. Empty when it is gone. */
export async function childrenOf(pid: number): Promise<readonly number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  return text.split(' ').filter(Boolean).map(Number)
}
