import { selects, type KubeObject, type StringMap } from '@fairlead/kube'
import { describeBackend, type Backend } from '../backend.ts'
import { readSlice, SLICE_CONTROLLER, takesTraffic, type Endpoint, type EndpointSlice } from './endpoint-slice.ts'
import { selectorOf } from './pointer.ts'

/** What a proof is judged by. */
export interface ProofPicture {
  /** All EndpointSlices of the Service, whoever manages them. */
  readonly slices: readonly KubeObject[]
  /** The Pods that could stand behind it; an endpoint that is none of them proves nothing. */
  readonly pods: readonly KubeObject[]
}

/** The move that is to be proven. */
export interface WantedMove {
  /** The Service's name. */
  readonly service: string
  /** Its address families, `spec.ipFamilies`; empty where that is not known: then those that have slices. */
  readonly families: readonly string[]
  /** The move label our patch set. */
  readonly move: string
  readonly base: StringMap
  readonly backend: Backend | undefined
  /** How many Pods must take traffic, at least one whatever is asked: nothing is proven by emptiness. */
  readonly atLeast: number
}

/** Whether a move is proven: by how many Pods in how many slices; or what is still missing, in a sentence for people. */
export type ProofVerdict =
  | { readonly proven: true; readonly endpoints: number; readonly slices: number; readonly uids: readonly string[] }
  | { readonly proven: false; readonly waitingFor: string }

/**
 * Judges whether a move has arrived, by what the control plane shows. Pure.
 *
 * Proven: every slice was written by the endpointslice controller after our patch (it carries our move label), there is one for each address family, every endpoint that takes new connections
 * is a Pod of the wanted backend, and there are enough of them in each family.
 */
export function judgeProof(picture: ProofPicture, wanted: WantedMove): ProofVerdict {
  const slices = picture.slices.map(readSlice)
  const missing = missingSlices(slices, wanted) ?? staleSlices(slices, wanted) ?? wrongEndpoints(slices, picture, wanted)
  if (missing !== undefined) return { proven: false, waitingFor: missing }
  const uids = [...podsIn(slices)].toSorted()
  return { proven: true, endpoints: uids.length, slices: slices.length, uids }
}

function missingSlices(slices: readonly EndpointSlice[], { service, families }: WantedMove): string | undefined {
  const missing = families.find((family) => slices.every((slice) => slice.family !== family))
  if (missing !== undefined) return `${service} has no ${missing} slice yet`
  return slices.length === 0 ? `${service} has no slice yet` : undefined
}

function staleSlices(slices: readonly EndpointSlice[], { move }: WantedMove): string | undefined {
  const foreign = slices.find(({ managedBy }) => managedBy !== SLICE_CONTROLLER)
  if (foreign !== undefined) return `slice ${foreign.name} is managed by ${foreign.managedBy ?? 'nobody'}, not by the endpointslice controller`
  const stale = slices.filter((slice) => slice.move !== move)
  const [first] = stale
  if (first === undefined) return undefined
  const shown = first.move === undefined ? 'shows no move yet' : `still shows move ${first.move}`
  return `slice ${first.name} ${shown}${stale.length === 1 ? '' : `, and ${stale.length - 1} more`}`
}

function wrongEndpoints(slices: readonly EndpointSlice[], { pods }: ProofPicture, wanted: WantedMove): string | undefined {
  const called = describeBackend(wanted.backend)
  const right = podsOf(pods, selectorOf(wanted.base, wanted.backend))
  const serving = slices.flatMap(servingOf)
  const wrong = distinct(serving.filter(({ uid }) => uid === undefined || !right.has(uid)))
  const [first] = wrong
  if (first !== undefined) {
    const all = distinct(serving).length
    const [good, verb] = [all - wrong.length, all - wrong.length === 1 ? 'is a Pod' : 'are Pods']
    return `${good} of ${all} endpoints ${verb} of ${called}; ${first.name} is not`
  }
  return tooFew(slices, wanted)
}

function tooFew(slices: readonly EndpointSlice[], { families, atLeast, backend }: WantedMove): string | undefined {
  const needed = Math.max(1, atLeast)
  for (const family of new Set([...families, ...slices.map((slice) => slice.family)])) {
    const count = podsIn(slices.filter((slice) => slice.family === family)).size
    if (count < needed)
      return `${count} of ${needed} Pods of ${describeBackend(backend)} ${count === 1 ? 'is a ready endpoint' : 'are ready endpoints'} (${family})`
  }
  return undefined
}

function servingOf({ endpoints }: EndpointSlice): readonly Endpoint[] {
  return endpoints.filter(takesTraffic)
}

function podsIn(slices: readonly EndpointSlice[]): ReadonlySet<string> {
  return new Set(slices.flatMap(servingOf).flatMap(({ uid }) => (uid === undefined ? [] : [uid])))
}

function podsOf(pods: readonly KubeObject[], labels: StringMap): ReadonlySet<string | undefined> {
  return new Set(pods.filter(({ metadata }) => selects({ matchLabels: labels }, metadata.labels)).map(({ metadata }) => metadata.uid))
}

/** One per Pod, however many slices name it. */
function distinct(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  return [...new Map(endpoints.map((endpoint) => [endpoint.uid ?? endpoint.name, endpoint])).values()]
}
