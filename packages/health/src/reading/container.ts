import type { KubeObject } from '@fairlead/kube'
import { at, countAt, listAt, numberAt, textAt, timeAt } from './fields.ts'

/** How a container ended. */
export interface Exit {
  readonly code: number
  readonly reason: string
  readonly message: string
  /** Tells one exit from the next: the runtime's id, or the moment where that is missing. */
  readonly id: string
  /** When, by the cluster's clock; 0 where it does not say. */
  readonly at: number
}

/** A container of a Pod: what its spec wants and its status shows, in one record. */
export interface Container {
  readonly name: string
  /** `sidecar` is an init container that keeps running (`restartPolicy: Always`). */
  readonly role: 'init' | 'sidecar' | 'main'
  readonly image: string
  readonly spec: unknown
  readonly ready: boolean
  readonly started: boolean
  readonly restarts: number
  readonly waiting?: { readonly reason: string; readonly message: string }
  readonly running: boolean
  /** The exit of its present life, when that is over. */
  readonly exit?: Exit
  /** The exit of its previous life. */
  readonly lastExit?: Exit
}

/** Reads the containers of a Pod, init containers first, in the order of its spec. Ephemeral ones never count. */
export function containersOf(pod: KubeObject): readonly Container[] {
  const inits = listAt(pod, 'spec', 'initContainers').map((spec) => joinStatus(spec, roleOf(spec), listAt(pod, 'status', 'initContainerStatuses')))
  const mains = listAt(pod, 'spec', 'containers').map((spec) => joinStatus(spec, 'main', listAt(pod, 'status', 'containerStatuses')))
  return [...inits, ...mains]
}

/** Where a container stands in a Pod's spec, by its name. */
export function containerPath({ role, name }: Pick<Container, 'role' | 'name'>): readonly [string, string] {
  return [role === 'main' ? 'containers' : 'initContainers', name]
}

function roleOf(spec: unknown): Container['role'] {
  return textAt(spec, 'restartPolicy') === 'Always' ? 'sidecar' : 'init'
}

function joinStatus(spec: unknown, role: Container['role'], statuses: readonly unknown[]): Container {
  const name = textAt(spec, 'name') ?? ''
  const status = statuses.find((entry) => textAt(entry, 'name') === name)
  const exit = exitAt(status, 'state')
  const lastExit = exitAt(status, 'lastState')
  const waiting = at(status, 'state', 'waiting')
  return {
    name,
    role,
    image: textAt(spec, 'image') ?? '',
    spec,
    ready: at(status, 'ready') === true,
    started: at(status, 'started') === true,
    restarts: countAt(status, 'restartCount'),
    running: at(status, 'state', 'running') !== undefined,
    ...(waiting === undefined ? {} : { waiting: { reason: textAt(waiting, 'reason') ?? '', message: textAt(waiting, 'message') ?? '' } }),
    ...(exit === undefined ? {} : { exit }),
    ...(lastExit === undefined ? {} : { lastExit }),
  }
}

function exitAt(status: unknown, life: 'state' | 'lastState'): Exit | undefined {
  const terminated = at(status, life, 'terminated')
  const code = numberAt(terminated, 'exitCode')
  if (code === undefined) return undefined
  const finishedAt = timeAt(terminated, 'finishedAt') ?? 0
  return {
    code,
    reason: textAt(terminated, 'reason') ?? '',
    message: textAt(terminated, 'message') ?? '',
    id: textAt(terminated, 'containerID') ?? String(finishedAt),
    at: finishedAt,
  }
}
