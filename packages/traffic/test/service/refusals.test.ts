import { describe, expect, test } from 'vitest'
import { foreignEndpoints, serviceNotes, serviceRefusals, type RefusalOptions } from '../../src/index.ts'
import { BASE, endpoint, pod, service, slice } from './scene.ts'

function owned(manager: string, operation: string) {
  const entry = { manager, operation, apiVersion: 'v1', time: '2026-01-01T00:00:00Z', fieldsType: 'FieldsV1', fieldsV1: { 'f:spec': { 'f:selector': {} } } }
  return service({}, { managedFields: [entry] })
}

interface Case {
  readonly name: string
  readonly of: Parameters<typeof serviceRefusals>[0]
  readonly slices?: Parameters<typeof serviceRefusals>[1]
  readonly options?: RefusalOptions
  readonly says?: readonly string[]
}

const FOREIGN = slice(undefined, [], { name: 'by-hand', managedBy: 'staff' })

describe('serviceRefusals', () => {
  test.each<Case>([
    { name: 'an ordinary Service', of: service(), slices: [slice(undefined, ['p'])] },
    { name: 'a Service without a selector for a first release', of: service({ selector: undefined }), options: { firstRelease: true } },
    { name: 'a selector that our apply owns', of: owned('fairlead', 'Apply') },
    { name: 'a selector that our claim owns', of: owned('fairlead-pointer', 'Apply') },
    { name: 'a selector that kubectl once set', of: owned('kubectl-client-side-apply', 'Update') },
    { name: 'a selector of another apply that we may take', of: owned('helm', 'Apply'), options: { takeOver: true } },
    {
      name: 'a headless Service',
      of: service({ clusterIP: 'None' }),
      says: ['Service "shop/web": is headless, expected a cluster address, got clusterIP None'],
    },
    {
      name: 'a name for something outside',
      of: service({ type: 'ExternalName', selector: undefined }),
      says: ['Service "shop/web": is another name for something outside, expected a Service that selects Pods, got type ExternalName'],
    },
    {
      name: 'a Service without a selector',
      of: service({ selector: undefined }),
      says: ['Service "shop/web": selects nothing, expected a selector, got none'],
    },
    { name: 'a Service with an empty selector', of: service({ selector: {} }), says: ['Service "shop/web": selects nothing, expected a selector, got none'] },
    {
      name: 'a Service that is being deleted',
      of: service({}, { deletionTimestamp: '2026-01-01T00:00:00Z' }),
      says: ['Service "shop/web": is being deleted, expected one that stays'],
    },
    {
      name: 'a Service that publishes Pods that are not ready',
      of: service({ publishNotReadyAddresses: true }),
      says: ['Service "shop/web": sends requests to Pods that are not ready, expected publishNotReadyAddresses false, got true'],
    },
    {
      name: 'a selector of another apply',
      of: owned('helm', 'Apply'),
      says: [
        'Service "shop/web": its selector is applied by somebody else, who would fail on it from now on or open it to both slots by force, expected no other owner, got helm (Apply, 2026-01-01T00:00:00Z)',
      ],
    },
    {
      name: 'a slice of somebody else',
      of: service(),
      slices: [slice(undefined, []), FOREIGN],
      says: [
        'Service "shop/web": EndpointSlice by-hand sends traffic past its selector, expected slices managed by endpointslice-controller.k8s.io only, got staff',
      ],
    },
  ])('answers for $name', ({ of, slices = [], options, says = [] }) => {
    const refusals = serviceRefusals(of, slices, options)
    expect(refusals.map(({ message }) => message)).toEqual(says)
    expect(refusals.map(({ hint }) => hint)).toEqual(says.map(() => expect.stringMatching(/^[A-Z].+\.$/)))
  })

  test('names everything at once', () => {
    const worst = { ...owned('helm', 'Apply'), spec: { clusterIP: 'None', publishNotReadyAddresses: true } }
    expect(serviceRefusals(worst, [FOREIGN])).toHaveLength(5)
  })
})

describe('serviceNotes', () => {
  test.each([
    { name: 'an ordinary Service', spec: {}, says: [] },
    { name: 'a load balancer that goes by nodes', spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Cluster' }, says: [] },
    {
      name: 'session affinity',
      spec: { sessionAffinity: 'ClientIP' },
      says: ['Service "shop/web" has session affinity: every client is sent to another Pod when it moves, and keeps to that one'],
    },
    {
      name: 'a load balancer that goes by Pods of each node',
      spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Local' },
      says: [
        'Service "shop/web" is behind a load balancer that asks each node for Pods of its own (externalTrafficPolicy Local): it follows a move later than the cluster does, so let it settle longer',
      ],
    },
    {
      name: 'two address families',
      spec: { ipFamilies: ['IPv4', 'IPv6'] },
      says: ['Service "shop/web" has two address families, which move one after the other: for a moment each may lead elsewhere'],
    },
  ])('says what to know of $name', ({ spec, says }) => {
    expect(serviceNotes(service(spec))).toEqual(says)
  })
})

describe('foreignEndpoints', () => {
  const kept = pod('kept', BASE, 'rs-1')
  const ownerReferences = kept.metadata.ownerReferences?.map((owner) => ({ ...owner, controller: false })) ?? []
  const released = { ...kept, metadata: { ...kept.metadata, ownerReferences } }
  const pods = [pod('w1', BASE, 'rs-1'), pod('w2', BASE, 'rs-1'), pod('other', BASE, 'rs-2'), pod('bare', BASE), released]

  test.each<{ readonly name: string; readonly endpoints: readonly (string | object)[]; readonly expected: readonly string[] }>([
    { name: 'none among Pods of the ReplicaSet', endpoints: ['w1', 'w2'], expected: [] },
    { name: 'Pods of others and of nobody', endpoints: ['w1', 'other', 'bare'], expected: ['Pod bare', 'Pod other'] },
    { name: 'a Pod that the ReplicaSet does not control', endpoints: ['w1', 'kept'], expected: ['Pod kept'] },
    { name: 'a Pod that was not read', endpoints: ['w1', 'late'], expected: ['Pod late'] },
    { name: 'an address that is no Pod', endpoints: ['w1', { addresses: ['10.9.9.9'] }], expected: ['10.9.9.9, which is no Pod'] },
    { name: 'one that is not ready', endpoints: [endpoint('other', { ready: false })], expected: ['Pod other'] },
    { name: 'none that is on its way out', endpoints: [endpoint('other', { ready: false, serving: true, terminating: true })], expected: [] },
  ])('names $name', ({ endpoints, expected }) => {
    expect(foreignEndpoints([slice(undefined, endpoints), slice(undefined, endpoints, { family: 'IPv6' })], pods, 'rs-1')).toEqual(expected)
  })
})
