import { bedFolder } from '../machine/folders.ts'
import { bedPaths } from '../machine/layout.ts'
import { isAlive, type ProcessIdentity } from '../machine/process-identity.ts'
import { readJson } from '../lifecycle/status.ts'

/** What is known of a cluster that is up: enough to use it from another process and to take it down. */
export type ClusterRecord =
  | {
      readonly kind: 'bed'
      readonly name: string
      readonly folder: string
      readonly cgroup: string
      /** The first process in the bed's namespaces, as this machine numbers it. */
      readonly first: ProcessIdentity
      readonly bin: string
      readonly shop: string
    }
  | { readonly kind: 'kind'; readonly name: string; readonly folder: string; readonly program: string; readonly bin: string; readonly shop: string }
  | { readonly kind: 'given'; readonly name: string; readonly folder: string; readonly kubeconfig: string; readonly bin: string }

/** The record of a bed, as its own kind. */
export type BedRecord = Extract<ClusterRecord, { kind: 'bed' }>

/** The record of the cluster of that name, or `undefined` when none was brought up. It may have died since. */
export function readRecord(environment: NodeJS.ProcessEnv, name: string): Promise<ClusterRecord | undefined> {
  return readJson<ClusterRecord>(bedPaths(bedFolder(environment, name)).record)
}

/** Set in everything that runs inside a bed, to its name: from there it is used without entering it again. */
export const insideVariable = 'FAIRLEAD_INSIDE'

/** Whether this process runs inside the bed of that name, where the machine's process numbers mean nothing. */
export function isInside(name: string): boolean {
  return process.env[insideVariable] === name
}

/** Whether the bed's namespaces still exist. A component may have died all the same. */
export async function isRunning(record: BedRecord): Promise<boolean> {
  return isInside(record.name) || (await isAlive(record.first))
}
