import { isFault, type FaultCode } from '@fairlead/base'
import type { Cluster } from '@fairlead/kube'
import { readRecord, type Journal } from '@fairlead/rollout'

/** What is kept of a release that was accepted. `unreadable`: something is there that this account may not read, or that a person has changed. */
export interface KeptRecord {
  readonly state: 'kept' | 'gone' | 'unreadable'
  readonly actor?: string | undefined
  readonly run?: string | undefined
}

interface Looking {
  readonly namespace: string
  readonly app: string
  readonly signal: AbortSignal
}

/** Reads the records of the releases a journal names, by their numbers. */
export async function readKeptRecords(cluster: Cluster, { history = [] }: Journal, looking: Looking): Promise<ReadonlyMap<number, KeptRecord>> {
  const read = history.map(async ({ release: { number } }): Promise<[number, KeptRecord]> => [number, await readKept(cluster, number, looking)])
  return new Map(await Promise.all(read))
}

async function readKept(cluster: Cluster, number: number, { namespace, app, signal }: Looking): Promise<KeptRecord> {
  try {
    const record = await readRecord(cluster, { namespace, app, number }, { signal })
    return record === undefined ? { state: 'gone' } : { state: 'kept', actor: record.actor, run: record.run }
  } catch (error) {
    if (!UNREADABLE.some((code) => isFault(error, code))) throw error
    return { state: 'unreadable' }
  }
}

const UNREADABLE: readonly FaultCode[] = ['ACCESS_DENIED', 'CONFLICT', 'UNSUPPORTED']
