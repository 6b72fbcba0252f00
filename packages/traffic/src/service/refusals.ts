import { SUITE, type Problem } from '@fairlead/base'
import { describeObject, type KubeObject } from '@fairlead/kube'
import { describeOwner, fieldOwners } from '../field-owner.ts'
import { POINTER_MANAGER } from '../labels.ts'
import { readSlice, SLICE_CONTROLLER } from './endpoint-slice.ts'

/** What is all right although it usually is not. */
export interface RefusalOptions {
  /** Nothing is routed yet, so a Service without a selector is what is expected. */
  readonly firstRelease?: boolean
  /** The user allows us to take the selector from whoever applies it. */
  readonly takeOver?: boolean
}

/**
 * Everything that keeps a Service from being a pointer, all at once. Empty when nothing does. `slices` are those of the Service, whoever manages them;
 * who applies the selector is known of a Service as `get` answers it, with its managedFields.
 */
export function serviceRefusals(service: KubeObject, slices: readonly KubeObject[], options: RefusalOptions = {}): readonly Problem[] {
  const name = describeObject(service)
  return [...kindProblems(service, options), ...ownerProblems(service, options), ...sliceProblems(slices)].map(([what, hint]) => ({
    message: `${name}: ${what}`,
    hint,
  }))
}

/** What a user should know of a Service before it moves, though it keeps nothing from moving. */
export function serviceNotes(service: KubeObject): readonly string[] {
  const { sessionAffinity, type, externalTrafficPolicy, ipFamilies = [] } = specOf(service)
  const name = describeObject(service)
  return [
    ...(sessionAffinity === 'ClientIP' ? [`${name} has session affinity: every client is sent to another Pod when it moves, and keeps to that one`] : []),
    ...(type === 'LoadBalancer' && externalTrafficPolicy === 'Local'
      ? [
          `${name} is behind a load balancer that asks each node for Pods of its own (externalTrafficPolicy Local): it follows a move later than the cluster does, so let it settle longer`,
        ]
      : []),
    ...(ipFamilies.length > 1 ? [`${name} has two address families, which move one after the other: for a moment each may lead elsewhere`] : []),
  ]
}

/** What is wrong, and what to do about it. */
type Refusal = readonly [what: string, hint: string]

interface ServiceSpec {
  readonly type?: string
  readonly clusterIP?: string
  readonly selector?: object | null
  readonly publishNotReadyAddresses?: boolean
  readonly sessionAffinity?: string
  readonly externalTrafficPolicy?: string
  readonly ipFamilies?: readonly string[]
}

function specOf(service: KubeObject): ServiceSpec {
  return service.spec ?? {}
}

function kindProblems(service: KubeObject, { firstRelease = false }: RefusalOptions): readonly Refusal[] {
  const { type, clusterIP, selector, publishNotReadyAddresses } = specOf(service)
  if (type === 'ExternalName') return [['is another name for something outside, expected a Service that selects Pods, got type ExternalName', SELECTING]]
  const problems: Refusal[] = []
  if (service.metadata.deletionTimestamp !== undefined)
    problems.push(['is being deleted, expected one that stays', 'Wait until it is gone, create it again, then run again.'])
  if (clusterIP === 'None')
    problems.push([
      'is headless, expected a cluster address, got clusterIP None',
      'Release through a Service with a cluster address: clients of a headless one keep the addresses they resolved.',
    ])
  if (!firstRelease && Object.keys(selector ?? {}).length === 0) problems.push(['selects nothing, expected a selector, got none', SELECTING])
  if (publishNotReadyAddresses === true)
    problems.push([
      'sends requests to Pods that are not ready, expected publishNotReadyAddresses false, got true',
      'Set publishNotReadyAddresses to false, or release through another Service.',
    ])
  return problems
}

const SELECTING = 'Name a Service that selects the Pods of the app.'

function ownerProblems(service: KubeObject, { takeOver = false }: RefusalOptions): readonly Refusal[] {
  if (takeOver) return []
  return fieldOwners(service, ['spec', 'selector'])
    .filter(({ manager, operation }) => operation === 'Apply' && manager !== SUITE.fieldManager && manager !== POINTER_MANAGER)
    .map((owner) => [
      `its selector is applied by somebody else, who would fail on it from now on or open it to both slots by force, expected no other owner, got ${describeOwner(owner)}`,
      `Take spec.selector out of what ${owner.manager} applies, or set take-over: true.`,
    ])
}

function sliceProblems(slices: readonly KubeObject[]): readonly Refusal[] {
  return slices
    .map(readSlice)
    .filter(({ managedBy }) => managedBy !== SLICE_CONTROLLER)
    .map(({ name, managedBy = 'nobody' }) => [
      `EndpointSlice ${name} sends traffic past its selector, expected slices managed by ${SLICE_CONTROLLER} only, got ${managedBy}`,
      `Remove EndpointSlice ${name}, or release through a Service without one.`,
    ])
}
