import { Fault, SUITE } from '@fairlead/base'
import { describeObject, isMap, type KubeObject, type StringMap } from '@fairlead/kube'
import { LABELS } from '@fairlead/traffic'
import { leaseReference, type KeptLease, type LockPlace } from './lease.ts'
import { readPurpose, type LockPurpose } from './purpose.ts'

/** A Lease read as a lock. */
export interface Tenure {
  /** Undefined while the lock is free. */
  readonly holder: string | undefined
  /** How often the lock was taken: the fencing token of the last who did; 0 before the first. */
  readonly token: number
  readonly purpose: LockPurpose | undefined
  /** Where to look at the run that holds it. */
  readonly url: string | undefined
  /** When it was taken, by the holder's own clock: for people, never to decide anything. */
  readonly since: string | undefined
  /** Milliseconds without a renewal after which it may be taken over. */
  readonly patience: number
}

/** What is written into a Lease to take it. */
export interface Claim {
  readonly holder: string
  readonly purpose: LockPurpose
  readonly token: number
  readonly url: string | undefined
  readonly at: Date
}

/** Seconds that a holder of ours may go without a renewal. */
export const LEASE_SECONDS = 60
const [SHORTEST, LONGEST] = [15, 300]
const PURPOSE = `${SUITE.labelPrefix}purpose`
const RUN = `${SUITE.labelPrefix}run`

/** Reads who holds a lock. A Lease that neither we nor anybody who follows the API's conventions would write is a Fault (CONFLICT): nothing is guessed about a lock. */
export function readTenure({ lease }: KeptLease): Tenure {
  if (lease === undefined) return { holder: undefined, token: 0, purpose: undefined, url: undefined, since: undefined, patience: LEASE_SECONDS * 1_000 }
  const { annotations = {} } = lease.metadata
  const { holderIdentity: holder, leaseTransitions: token, leaseDurationSeconds, acquireTime } = specOf(lease)
  if (!isAbsent(holder) && typeof holder !== 'string') throw strange(lease, 'a holderIdentity that is text', JSON.stringify(holder))
  if (!isToken(token)) throw strange(lease, 'leaseTransitions that is a number', isAbsent(token) ? 'none' : JSON.stringify(token))
  return {
    holder: isAbsent(holder) || holder === '' ? undefined : holder,
    token,
    purpose: readPurpose(annotations[PURPOSE]),
    url: annotations[RUN],
    since: typeof acquireTime === 'string' ? acquireTime : undefined,
    patience: patienceOf(leaseDurationSeconds),
  }
}

/** The Lease that takes a lock, over the one that was read. It carries that one's version and uid: with a version alone the API server would create a Lease that has been deleted. */
export function claimedLease({ lease }: KeptLease, { namespace, app }: LockPlace, { holder, purpose, token, url, at }: Claim): KubeObject {
  const { resource, name } = leaseReference(namespace, app)
  const { apiVersion, kind } = resource
  const words = { [PURPOSE]: purpose, ...(url === undefined ? {} : { [RUN]: url }) }
  return {
    apiVersion,
    kind,
    metadata: {
      ...kept(lease, { name, namespace }),
      labels: { ...lease?.metadata.labels, [LABELS.app]: app },
      annotations: { ...withoutWords(lease?.metadata.annotations), ...words },
    },
    spec: { holderIdentity: holder, leaseDurationSeconds: LEASE_SECONDS, acquireTime: microTime(at), renewTime: microTime(at), leaseTransitions: token },
  }
}

/** The Lease with a new sign of life. */
export function renewedLease(lease: KubeObject, at: Date): KubeObject {
  return { ...lease, metadata: kept(lease, lease.metadata), spec: { ...specOf(lease), renewTime: microTime(at) } }
}

/** The Lease with nobody holding it. The token stays: the next one's must be greater. */
export function releasedLease(lease: KubeObject, at: Date): KubeObject {
  const { annotations, ...metadata } = kept(lease, lease.metadata)
  const others = withoutWords(annotations)
  const words = Object.keys(others).length === 0 ? {} : { annotations: others }
  return { ...lease, metadata: { ...metadata, ...words }, spec: { ...specOf(lease), holderIdentity: '', renewTime: microTime(at) } }
}

function specOf({ spec }: KubeObject): Readonly<Record<string, unknown>> {
  return isMap(spec) ? spec : {}
}

/** What of a Lease's metadata goes back with a write of it: all but the server's record of who wrote what. */
function kept(lease: KubeObject | undefined, { name, namespace }: { readonly name: string; readonly namespace?: string }): KubeObject['metadata'] {
  const { managedFields: _fields, ...metadata } = lease?.metadata ?? { name }
  return { ...metadata, name, ...(namespace === undefined ? {} : { namespace }) }
}

function withoutWords(annotations: StringMap = {}): StringMap {
  const { [PURPOSE]: _purpose, [RUN]: _run, ...others } = annotations
  return others
}

/** The API's MicroTime has six digits: with fewer the object would not read back as it was sent. */
function microTime(date: Date): string {
  return date.toISOString().replace('Z', '000Z')
}

function patienceOf(seconds: unknown): number {
  const told = typeof seconds === 'number' ? seconds : LEASE_SECONDS
  return Math.min(LONGEST, Math.max(SHORTEST, told)) * 1_000
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null
}

function isToken(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value)
}

function strange(lease: KubeObject, expected: string, got: string): Fault {
  const { name, namespace = '' } = lease.metadata
  return new Fault('CONFLICT', `${describeObject(lease)}: was written by something else, expected ${expected}, got ${got}`, {
    hint: `Make sure that no run is at work on this app, then delete the Lease (kubectl delete lease ${name} -n ${namespace}): the journal keeps what the next run needs.`,
  })
}
