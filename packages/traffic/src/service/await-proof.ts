import { deadlineIn, Fault, type Clock } from '@fairlead/base'
import {
  awaitPicture,
  describeObject,
  follow,
  selectorText,
  valueAt,
  type Cluster,
  type Followed,
  type KubeObject,
  type Resource,
  type StringMap,
} from '@fairlead/kube'
import type { Backend } from '../backend.ts'
import { readSlice, SLICE_LABELS, takesTraffic } from './endpoint-slice.ts'
import { readPointer, selectorOf } from './pointer.ts'
import { judgeProof, type ProofVerdict, type WantedMove } from './proof.ts'

/** What a Service is about to lead to. */
export interface ProofTarget {
  readonly service: KubeObject
  readonly backend: Backend | undefined
  /** The labels all Pods of the app share; those of the Service's selector unless told. */
  readonly base?: StringMap
  readonly atLeast: number
}

/** How long a proof may take. */
export interface ProofOptions {
  /** Milliseconds. */
  readonly timeout: number
  /** How many Pods must take traffic, where that has changed since the watches were opened. */
  readonly atLeast?: number
  readonly signal?: AbortSignal | undefined
}

/** A verdict, and how long it took since it was asked for. */
export type MoveProof = ProofVerdict & { readonly seconds: number }

/** Watches that are open already, so that a proof comes as fast as they tell. */
export interface OpenProof extends Disposable {
  /** Resolves when everything has been listed once; rejects with what keeps it from that. */
  readonly synced: Promise<void>
  /** Waits until a move is proven. A deadline that passes is a verdict, and one on a fresh reading; where none could be had it is a Fault (UNAVAILABLE): cannot see is never is bad. */
  await(move: string, options: ProofOptions): Promise<MoveProof>
  /** The Pods of the backend as they were last seen. */
  pods(): readonly KubeObject[]
  /** The verdict on what was last seen, without waiting and without reading anew. */
  look(move: string, atLeast?: number): ProofVerdict
  /** How many endpoints take traffic, as last seen, whosesoever they are. */
  takers(): number
  close(): void
}

/** Begins to watch what will prove a move, before it is made. To be closed. */
export function openProof(cluster: Cluster, target: ProofTarget, { clock, signal }: { readonly clock: Clock; readonly signal?: AbortSignal }): OpenProof {
  return new Proof(cluster, target, signal === undefined ? { clock } : { clock, signal })
}

/** Waits until a move that was made is proven. */
export async function awaitProof(
  cluster: Cluster,
  { move, ...target }: ProofTarget & { readonly move: string },
  { clock, ...options }: ProofOptions & { readonly clock: Clock },
): Promise<MoveProof> {
  const proof = openProof(cluster, target, { clock })
  try {
    return await proof.await(move, options)
  } finally {
    proof.close()
  }
}

const SLICES: Resource = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', plural: 'endpointslices', namespaced: true }
const PODS: Resource = { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true }

/** A safety read, should a watch have died without a word. A proof that does not come is looked at anew in any case. */
const RELIST = 60_000
/** What the last reading before "not proven" may take. */
const LAST_LOOK = 5_000

class Proof implements OpenProof {
  readonly synced: Promise<void>
  readonly #target: ProofTarget
  readonly #clock: Clock
  readonly #slices: Followed
  readonly #pods: Followed

  constructor(cluster: Cluster, target: ProofTarget, options: { readonly clock: Clock; readonly signal?: AbortSignal }) {
    const { name, namespace = cluster.namespace } = readPointer(target.service)
    const labels = { slices: { [SLICE_LABELS.service]: name }, pods: wantedLabels(target) }
    const following = { ...options, relist: RELIST }
    this.#target = target
    this.#clock = options.clock
    this.#slices = follow(cluster, { resource: SLICES, namespace, labelSelector: selectorText({ matchLabels: labels.slices }) }, following)
    this.#pods = follow(cluster, { resource: PODS, namespace, labelSelector: selectorText({ matchLabels: labels.pods }) }, following)
    this.synced = Promise.all([this.#slices.synced, this.#pods.synced]).then(() => undefined)
    this.synced.catch(() => undefined)
  }

  pods(): readonly KubeObject[] {
    return this.#pods.objects()
  }

  look(move: string, atLeast = this.#target.atLeast): ProofVerdict {
    return judgeProof({ slices: this.#slices.objects(), pods: this.#pods.objects() }, wantedOf({ ...this.#target, atLeast }, move))
  }

  takers(): number {
    return this.#slices.objects().flatMap((slice) => readSlice(slice).endpoints.filter(takesTraffic)).length
  }

  async await(move: string, { timeout, signal, atLeast = this.#target.atLeast }: ProofOptions): Promise<MoveProof> {
    const begun = this.#clock.now()
    const wanted = wantedOf({ ...this.#target, atLeast }, move)
    const judge = () => judgeProof({ slices: this.#slices.objects(), pods: this.#pods.objects() }, wanted)
    const proven = () => {
      const verdict = judge()
      return verdict.proven ? verdict : undefined
    }
    const verdict = (await this.#look(proven, timeout, signal)) ?? (await this.#lookAgain(judge, signal))
    if (verdict !== undefined) return { ...verdict, seconds: (this.#clock.now() - begun) / 1_000 }
    throw new Fault(
      'UNAVAILABLE',
      `${describeObject(this.#target.service)}: whether move ${move} has arrived cannot be seen, expected the API server to show slices and Pods`,
      {
        hint: 'Run again when the API server can be reached: nothing was concluded from not seeing.',
      },
    )
  }

  close(): void {
    this.#slices.stop()
    this.#pods.stop()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #look<T>(judge: () => T | undefined, timeout: number, signal: AbortSignal | undefined): Promise<T | undefined> {
    const options = { clock: this.#clock, deadline: deadlineIn(this.#clock, timeout), ...(signal === undefined ? {} : { signal }) }
    return awaitPicture([this.#slices, this.#pods], judge, options)
  }

  #lookAgain(judge: () => ProofVerdict, signal: AbortSignal | undefined): Promise<ProofVerdict | undefined> {
    this.#slices.refresh()
    this.#pods.refresh()
    return this.#look(judge, LAST_LOOK, signal)
  }
}

function wantedLabels({ service, backend, base = readPointer(service).base }: ProofTarget): StringMap {
  return selectorOf(base, backend)
}

function wantedOf({ service, backend, base = readPointer(service).base, atLeast }: ProofTarget, move: string): WantedMove {
  const families = (valueAt(service, ['spec', 'ipFamilies']) ?? []) as readonly string[]
  return { service: service.metadata.name, families, move, base, backend, atLeast }
}
