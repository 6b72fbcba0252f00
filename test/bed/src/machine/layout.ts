import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Programs } from '../binaries/programs.ts'

/** The addresses of a bed. Every bed has the same ones: each is alone in its own network. */
export const addresses = {
  node: '10.200.0.1',
  nodeSubnet: '10.200.0.1/24',
  api: 'https://127.0.0.1:6443',
  apiService: '10.96.0.1',
  services: '10.96.0.0/16',
  pods: '10.244.0.0/24',
  etcd: 'http://127.0.0.1:2379',
  etcdPeer: 'http://127.0.0.1:2380',
  registry: '127.0.0.1:5000',
} as const

/** The node's name in Kubernetes and its host name. */
export const nodeName = 'node1'

/** The sandbox image every Pod starts with; fully qualified, or containerd would go looking for it. */
export const pauseImage = 'docker.io/local/pause:1'

/** What a bed is made of: decided once by `up`, read by its supervisor. */
export interface Layout {
  readonly name: string
  /** Everything the bed writes is in this folder, apart from `cgroup`. */
  readonly folder: string
  /** The cgroup under which Pods run, from the root of every hierarchy. */
  readonly cgroup: string
  readonly programs: Programs
}

/** Where things are inside a bed's folder. */
export interface BedPaths {
  readonly layout: string
  readonly status: string
  readonly record: string
  /** The components that somebody wants stopped, as a list of names; absent when nobody ever did. */
  readonly stopped: string
  readonly logs: string
  readonly kube: string
  readonly certificates: string
  readonly work: string
}

/** The paths inside a bed's folder; nothing is created. */
export function bedPaths(folder: string): BedPaths {
  return {
    layout: join(folder, 'layout.json'),
    status: join(folder, 'status.json'),
    record: join(folder, 'cluster.json'),
    stopped: join(folder, 'stopped.json'),
    logs: join(folder, 'log'),
    kube: join(folder, 'kube'),
    certificates: join(folder, 'kube/pki'),
    work: join(folder, 'work'),
  }
}

/** The cgroup of the bed in that folder: two beds of one name in different state folders stay apart. */
export function cgroupOf(name: string, folder: string): string {
  return `/fairlead-${name}-${createHash('sha256').update(folder).digest('hex').slice(0, 6)}`
}
