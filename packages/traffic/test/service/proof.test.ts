import { assert, constantFrom, array, integer, property, record, shuffledSubarray, boolean, option } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judgeProof, slotBackend, type ProofPicture, type WantedMove } from '../../src/index.ts'
import { BASE, BLUE, endpoint, GREEN, pod, slice } from './scene.ts'

const WANTED: WantedMove = { service: 'web', families: ['IPv4'], move: '4-6', base: BASE, backend: slotBackend('green'), atLeast: 2 }
const PODS = [pod('g1', GREEN), pod('g2', GREEN), pod('g3', GREEN), pod('b1', BLUE), pod('b2', BLUE)]
const TWO_FAMILIES = { ...WANTED, families: ['IPv4', 'IPv6'] }

interface Case extends Partial<ProofPicture> {
  readonly name: string
  readonly wanted?: WantedMove
}

describe('judgeProof', () => {
  test.each<Case & { readonly endpoints: number; readonly count?: number }>([
    { name: 'a slice of ready Pods of the slot', slices: [slice('4-6', ['g1', 'g2'])], endpoints: 2 },
    { name: 'more Pods than were wanted', slices: [slice('4-6', ['g1', 'g2', 'g3'])], endpoints: 3 },
    { name: 'several slices, an empty one among them', slices: [slice('4-6', ['g1']), slice('4-6', ['g2']), slice('4-6', [])], endpoints: 2, count: 3 },
    { name: 'conditions that are left out', slices: [slice('4-6', [endpoint('g1', {}), { ...endpoint('g2'), conditions: undefined }])], endpoints: 2 },
    { name: 'conditions that are null', slices: [slice('4-6', [endpoint('g1', { ready: null, serving: null, terminating: null }), 'g2'])], endpoints: 2 },
    {
      name: 'Pods of the other slot that take nothing new',
      slices: [
        slice('4-6', [
          'g1',
          'g2',
          endpoint('b1', { ready: false, serving: true, terminating: true }),
          endpoint('b2', { ready: false }),
          endpoint('b3', { ready: true, terminating: true }),
          endpoint('b4', { ready: true, serving: false }),
        ]),
      ],
      endpoints: 2,
    },
    {
      name: 'both address families',
      wanted: TWO_FAMILIES,
      slices: [slice('4-6', ['g1', 'g2']), slice('4-6', ['g2', 'g1'], { family: 'IPv6' })],
      endpoints: 2,
      count: 2,
    },
    { name: 'a Service that is open again', wanted: { ...WANTED, backend: undefined }, slices: [slice('4-6', ['g1', 'b1'])], endpoints: 2 },
    { name: 'families that are not known', wanted: { ...WANTED, families: [] }, slices: [slice('4-6', ['g1', 'g2'])], endpoints: 2 },
  ])('is satisfied by $name', ({ wanted = WANTED, slices = [], endpoints, count = 1 }) => {
    expect(judgeProof({ slices, pods: PODS }, wanted)).toEqual({ proven: true, endpoints, slices: count, uids: expect.any(Array) })
  })

  test('answers the Pods it saw, each once and in order', () => {
    const slices = [slice('4-6', ['g2', 'g1']), slice('4-6', ['g1'])]
    expect(judgeProof({ slices, pods: PODS }, WANTED)).toEqual({ proven: true, endpoints: 2, slices: 2, uids: ['uid-g1', 'uid-g2'] })
  })

  test.each<Case & { readonly says: string }>([
    { name: 'nothing', slices: [], wanted: { ...WANTED, families: [] }, says: 'web has no slice yet' },
    { name: 'a family without a slice', wanted: TWO_FAMILIES, slices: [slice('4-6', ['g1', 'g2'])], says: 'web has no IPv6 slice yet' },
    { name: 'the label of an earlier move', slices: [slice('4-5', ['g1', 'g2'])], says: 'slice web-x7k2p still shows move 4-5' },
    { name: 'no label', slices: [slice(undefined, ['g1', 'g2'])], says: 'slice web-x7k2p shows no move yet' },
    {
      name: 'a part of the slices only',
      slices: [slice('4-6', ['g1', 'g2']), slice('4-5', [], { name: 'web-2' }), slice('4-5', [], { name: 'web-3' })],
      says: 'slice web-2 still shows move 4-5, and 1 more',
    },
    {
      name: 'slices of somebody else',
      slices: [slice('4-6', ['g1', 'g2']), slice('4-6', ['g1'], { name: 'mine', managedBy: 'me' })],
      says: 'slice mine is managed by me, not by the endpointslice controller',
    },
    { name: 'Pods of the other slot', slices: [slice('4-6', ['g1', 'b1', 'b2'])], says: '1 of 3 endpoints is a Pod of slot green; b1 is not' },
    { name: 'a Pod nobody knows', slices: [slice('4-6', ['g1', 'g2', 'late'])], says: '2 of 3 endpoints are Pods of slot green; late is not' },
    {
      name: 'an endpoint that is no Pod',
      slices: [slice('4-6', ['g1', 'g2', { addresses: ['10.9.9.9'] }])],
      says: '2 of 3 endpoints are Pods of slot green; 10.9.9.9 is not',
    },
    {
      name: 'a uid that is not of a Pod',
      slices: [slice('4-6', ['g1', { addresses: ['10.9.9.9'], targetRef: { kind: 'Node', name: 'n', uid: 'uid-g2' } }])],
      says: '1 of 2 endpoints is a Pod of slot green; 10.9.9.9 is not',
    },
    {
      name: 'a Pod that lost its slot label',
      pods: [pod('g1', GREEN), pod('g2', BASE)],
      slices: [slice('4-6', ['g1', 'g2'])],
      says: '1 of 2 endpoints is a Pod of slot green; g2 is not',
    },
    {
      name: 'a Pod of the same slot of another app',
      pods: [pod('g1', GREEN), pod('g2', { ...GREEN, app: 'api' })],
      slices: [slice('4-6', ['g1', 'g2'])],
      says: '1 of 2 endpoints is a Pod of slot green; g2 is not',
    },
    {
      name: 'a Pod that was replaced under its name',
      pods: [pod('g1', GREEN), { ...pod('g2', GREEN), metadata: { ...pod('g2', GREEN).metadata, uid: 'new' } }],
      slices: [slice('4-6', ['g1', 'g2'])],
      says: '1 of 2 endpoints is a Pod of slot green; g2 is not',
    },
    { name: 'too few', slices: [slice('4-6', ['g1'])], says: '1 of 2 Pods of slot green is a ready endpoint (IPv4)' },
    { name: 'one Pod in two slices', slices: [slice('4-6', ['g1']), slice('4-6', ['g1'])], says: '1 of 2 Pods of slot green is a ready endpoint (IPv4)' },
    {
      name: 'Pods that are not ready',
      slices: [slice('4-6', ['g1', endpoint('g2', { ready: false })])],
      says: '1 of 2 Pods of slot green is a ready endpoint (IPv4)',
    },
    {
      name: 'too few in one family',
      wanted: TWO_FAMILIES,
      slices: [slice('4-6', ['g1', 'g2']), slice('4-6', ['g1'], { family: 'IPv6' })],
      says: '1 of 2 Pods of slot green is a ready endpoint (IPv6)',
    },
    {
      name: 'emptiness, even if nothing is wanted',
      wanted: { ...WANTED, atLeast: 0 },
      slices: [slice('4-6', [])],
      says: '0 of 1 Pods of slot green are ready endpoints (IPv4)',
    },
  ])('is not satisfied by $name', ({ wanted = WANTED, slices = [], pods = PODS, says }) => {
    expect(judgeProof({ slices, pods }, wanted)).toEqual({ proven: false, waitingFor: says })
  })

  test('never proves an endpoint of another backend, whatever the order', () => {
    assert(
      property(pictures, constantFrom(0, 1, 2), ({ slices, pods }, atLeast) => {
        const verdict = judgeProof({ slices, pods }, { ...WANTED, atLeast })
        if (!verdict.proven) return
        const taking = slices.flatMap(takingIn)
        expect(taking.filter((name) => !name.startsWith('g'))).toEqual([])
        expect(verdict.uids).toEqual([...new Set(taking.map((name) => `uid-${name}`))].toSorted())
        expect(verdict.endpoints).toBeGreaterThanOrEqual(Math.max(1, atLeast))
        expect(slices.every(({ metadata }) => metadata.labels?.['fairlead.dev/move'] === '4-6')).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  test('answers the same whatever the order', () => {
    assert(
      property(pictures, ({ slices, pods }) => {
        const [one, other] = [judgeProof({ slices, pods }, WANTED), judgeProof({ slices: slices.toReversed(), pods: pods.toReversed() }, WANTED)]
        expect(other.proven).toBe(one.proven)
        if (one.proven) expect(other).toEqual(one)
      }),
    )
  })
})

const maybe = option(boolean())
const conditions = record({ ready: maybe, serving: maybe, terminating: maybe }, { requiredKeys: [] })
const endpoints = array(record({ pod: constantFrom('g1', 'g1', 'g2', 'g2', 'g3', 'b1', 'late'), conditions }), { maxLength: 5 })
const someSlices = array(record({ move: constantFrom('4-6', '4-6', '4-6', '4-5', undefined), endpoints, name: integer({ min: 0, max: 9 }) }), { maxLength: 3 })
const pictures = record({
  slices: someSlices.map((all) =>
    all.map(({ move, endpoints, name }) =>
      slice(
        move,
        endpoints.map((each) => endpoint(each.pod, each.conditions)),
        { name: `web-${name}` },
      ),
    ),
  ),
  pods: shuffledSubarray(PODS, { minLength: 3 }),
})

/** The names of Pods that take new connections, told apart from the code under test: by what the API's documentation says of each condition. */
function takingIn(object: object): readonly string[] {
  type Raw = { readonly conditions: Readonly<Record<string, boolean | null | undefined>>; readonly targetRef: { readonly name: string } }
  const { endpoints } = object as { readonly endpoints: readonly Raw[] }
  const keptFrom = ({ ready, serving, terminating }: Raw['conditions']) => ready === false || serving === false || terminating === true
  return endpoints.filter((each) => !keptFrom(each.conditions)).map((each) => each.targetRef.name)
}
