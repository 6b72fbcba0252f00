import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judgeOrder, orderQuestions, type Compared, type OrderRequest, type OrderVerdict, type Relation, type Relations } from '../../src/order/index.ts'
import { BAD, JOURNAL, MARK, PIN, SOURCE, UNMARKED, commit, image, request } from './order-request.ts'

const PINNED = { ...JOURNAL, pin: PIN }

function known(relation: Relation): Compared {
  return { type: 'known', relation }
}

const HIDDEN: Compared = { type: 'unknown', code: 'ACCESS_DENIED', text: 'the token may not read this', hint: 'Add `contents: read`.' }
const GONE: Compared = { type: 'unknown', code: 'NOT_FOUND', text: 'one of them is unknown', hint: 'Look for it.' }

const MARKED = 'acme/shop@aaaaaaa (release 41)'

interface Case {
  readonly given?: Partial<OrderRequest>
  readonly relations?: Relations
  readonly verdict: OrderVerdict
}

const WAYS: Readonly<Record<string, Case>> = {
  'a first release sets the mark': { given: { journal: UNMARKED }, verdict: { type: 'go', mark: SOURCE, notes: [] } },
  'a run that knows no commit leaves the mark': {
    given: { source: undefined },
    verdict: { type: 'go', notes: [`this run knows no commit: whether it is older than ${MARKED} cannot be checked`] },
  },
  'a first run that knows no commit sets none': {
    given: { source: undefined, journal: UNMARKED },
    verdict: { type: 'go', notes: ['this run knows no commit: whether later releases are older than it cannot be checked'] },
  },
  'what serves already may go, whatever its commit': {
    given: { release: { identity: 'old', images: [], companions: 'k1' } },
    verdict: { type: 'go', notes: [] },
  },
  'what serves already from an image alone may go': { given: { release: { identity: 'old', images: [] } }, verdict: { type: 'go', notes: [] } },
  'what serves already with other companions is judged by its commit': {
    given: { release: { identity: 'old', images: [], companions: 'k0' } },
    relations: { mark: known('behind') },
    verdict: { type: 'superseded', text: `superseded by ${MARKED}: this commit bbbbbbb is an ancestor of it` },
  },
  'the commit of the mark may go with other content': { given: { source: MARK }, verdict: { type: 'go', notes: [] } },
  'the commit of the mark takes the new name of its repository': {
    given: { source: commit('a', 'acme/store') },
    verdict: { type: 'go', mark: commit('a', 'acme/store'), notes: [] },
  },
  'a descendant takes the mark': { relations: { mark: known('ahead') }, verdict: { type: 'go', mark: SOURCE, notes: [] } },
  'an ancestor is superseded': {
    relations: { mark: known('behind') },
    verdict: { type: 'superseded', text: `superseded by ${MARKED}: this commit bbbbbbb is an ancestor of it` },
  },
  'an ancestor is superseded on branches that may diverge': {
    given: { onDiverged: 'deploy' },
    relations: { mark: known('behind') },
    verdict: { type: 'superseded', text: `superseded by ${MARKED}: this commit bbbbbbb is an ancestor of it` },
  },
  'an ancestor goes when it replaces, and the mark stays': {
    given: { replace: true },
    relations: { mark: known('behind') },
    verdict: { type: 'go', notes: [`this commit bbbbbbb is older than ${MARKED}, and released all the same: \`replace: true\``] },
  },
  'an ancestor goes on, and the mark stays': {
    given: { continuing: true },
    relations: { mark: known('behind') },
    verdict: { type: 'go', notes: [`this commit bbbbbbb is older than ${MARKED}, and released all the same: it was let through when it began`] },
  },
  'a diverged commit is refused': {
    relations: { mark: known('diverged') },
    verdict: {
      type: 'refused',
      text: `this commit bbbbbbb has diverged from ${MARKED}, expected a descendant of it, got another branch, a squash or a force-push`,
      hint: 'Release a commit that has it in its history, or this one with `replace: true`; `on-diverged: deploy` is for stages where branches take turns.',
    },
  },
  'a diverged commit takes the mark where that is wanted': {
    given: { onDiverged: 'deploy' },
    relations: { mark: known('diverged') },
    verdict: {
      type: 'go',
      mark: SOURCE,
      notes: [`this commit bbbbbbb has diverged from ${MARKED}, and is released all the same: \`on-diverged: deploy\``],
    },
  },
  'a diverged commit takes the mark when it replaces': {
    given: { replace: true },
    relations: { mark: known('diverged') },
    verdict: { type: 'go', mark: SOURCE, notes: [`this commit bbbbbbb has diverged from ${MARKED}, and is released all the same: \`replace: true\``] },
  },
  'a diverged commit goes on': {
    given: { continuing: true },
    relations: { mark: known('diverged') },
    verdict: {
      type: 'go',
      mark: SOURCE,
      notes: [`this commit bbbbbbb has diverged from ${MARKED}, and is released all the same: it was let through when it began`],
    },
  },
  'what cannot be compared is a fault': {
    relations: { mark: HIDDEN },
    verdict: {
      type: 'refused',
      fault: 'ACCESS_DENIED',
      text: `cannot tell whether this commit bbbbbbb is older than ${MARKED}: the token may not read this`,
      hint: 'Add `contents: read`.',
    },
  },
  'what cannot be compared is a fault when it goes on, too': {
    given: { continuing: true, onDiverged: 'deploy' },
    relations: { mark: GONE },
    verdict: {
      type: 'refused',
      fault: 'NOT_FOUND',
      text: `cannot tell whether this commit bbbbbbb is older than ${MARKED}: one of them is unknown`,
      hint: 'Look for it. With `replace: true` it is released without knowing.',
    },
  },
  'what is only out of sight leaves the mark when it replaces': {
    given: { replace: true },
    relations: { mark: HIDDEN },
    verdict: {
      type: 'go',
      notes: [`cannot tell whether this commit bbbbbbb is older than ${MARKED}: the token may not read this; it is released all the same: \`replace: true\``],
    },
  },
  'what can never be compared takes the mark when it replaces': {
    given: { replace: true },
    relations: { mark: GONE },
    verdict: {
      type: 'go',
      mark: SOURCE,
      notes: [`cannot tell whether this commit bbbbbbb is older than ${MARKED}: one of them is unknown; it is released all the same: \`replace: true\``],
    },
  },
  'another repository is a fault': {
    given: { source: commit('b', 'acme/store') },
    verdict: {
      type: 'refused',
      fault: 'CONFLICT',
      text: `cannot tell whether this commit bbbbbbb is older than ${MARKED}: Repository "acme/store": has no history with another one, expected acme/shop, got acme/store`,
      hint: 'Release from the repository that the app came from. With `replace: true` it is released without knowing.',
    },
  },
  'another repository takes the mark when it replaces': {
    given: { source: commit('b', 'acme/store'), replace: true },
    verdict: {
      type: 'go',
      mark: commit('b', 'acme/store'),
      notes: [
        `cannot tell whether this commit bbbbbbb is older than ${MARKED}: Repository "acme/store": has no history with another one, expected acme/shop, got acme/store; it is released all the same: \`replace: true\``,
      ],
    },
  },
  'a repository in other letters is the same': {
    given: { source: commit('b', 'Acme/Shop') },
    relations: { mark: known('ahead') },
    verdict: { type: 'go', mark: commit('b', 'Acme/Shop'), notes: [] },
  },
  'the mark of a release that is forgotten has no number': {
    given: { journal: { ...JOURNAL, mark: commit('d') } },
    relations: { mark: known('behind') },
    verdict: { type: 'superseded', text: 'superseded by acme/shop@ddddddd: this commit bbbbbbb is an ancestor of it' },
  },
  'the mark of a release that was rolled back from says so': {
    given: {
      journal: {
        ...PINNED,
        mark: BAD,
        history: [
          { release: { number: 40, identity: 'older', images: [], source: BAD }, at: '2026-11-20T02:00:00.000Z' },
          { release: { number: 42, identity: 'bad', images: [], source: BAD }, at: '2026-11-21T02:00:00.000Z' },
        ],
      },
    },
    relations: { mark: known('behind'), pin: known('behind') },
    verdict: { type: 'superseded', text: 'superseded by acme/shop@ccccccc (release 42, rolled back since): this commit bbbbbbb is an ancestor of it' },
  },
}

const HELD = 'held: release 42 was rolled back from by ann at 2026-11-21T02:10:00.000Z (errors rose to 4 %), and'
const PASSES = 'a later commit with other images passes, and `unpin: true` lets this one through'
const same: Case['verdict'] = { type: 'held', pin: PIN, text: `${HELD} this is the same release; ${PASSES}` }
const { source: _source, ...sourceless } = PIN

const PINS: Readonly<Record<string, Case>> = {
  'the same release is held': { given: { journal: PINNED, release: { identity: 'bad', images: [] } }, verdict: same },
  'the same release is held when it replaces, goes on and serves already': {
    given: {
      journal: { ...PINNED, active: { backend: { type: 'slot', slot: 'green' }, release: { number: 42, identity: 'bad', images: [] } } },
      release: { identity: 'bad', images: [] },
      replace: true,
      continuing: true,
      onDiverged: 'deploy',
    },
    verdict: same,
  },
  'one of the bad images is held, however it is called': {
    given: { journal: PINNED, release: { identity: 'new', images: [image('proxy', 'f'), `mirror.acme.dev/web:2@sha256:${'c'.repeat(64)}`] } },
    verdict: { type: 'held', pin: PIN, text: `${HELD} this one runs the same image mirror.acme.dev/web:2@sha256:cccccccccccc...; ${PASSES}` },
  },
  'an image that a Pod only reported by its digest is held': {
    given: { journal: { ...JOURNAL, pin: { ...PIN, images: [`sha256:${'b'.repeat(64)}`] } } },
    verdict: {
      type: 'held',
      pin: { ...PIN, images: [`sha256:${'b'.repeat(64)}`] },
      text: `${HELD} this one runs the same image ghcr.io/acme/web@sha256:bbbbbbbbbbbb...; ${PASSES}`,
    },
  },
  'the same release goes when a person lifts the pin': {
    given: { journal: PINNED, release: { identity: 'bad', images: PIN.images }, unpin: true },
    relations: { mark: known('ahead') },
    verdict: {
      type: 'go',
      lifts: PIN,
      mark: SOURCE,
      notes: ['the pin on release 42 of acme/shop@ccccccc falls once this release is accepted: `unpin: true`'],
    },
  },
  'a person lifts a pin with what serves already': {
    given: { journal: PINNED, release: { identity: 'old', images: [] }, unpin: true },
    verdict: { type: 'go', lifts: PIN, notes: ['the pin on release 42 of acme/shop@ccccccc falls once this release is accepted: `unpin: true`'] },
  },
  'a person does not lift a pin past the order of commits': {
    given: { journal: PINNED, unpin: true },
    relations: { mark: known('behind') },
    verdict: { type: 'superseded', text: `superseded by ${MARKED}: this commit bbbbbbb is an ancestor of it` },
  },
  'there may be nothing to lift': {
    given: { unpin: true },
    relations: { mark: known('ahead') },
    verdict: { type: 'go', mark: SOURCE, notes: ['there is no pin for `unpin` to lift'] },
  },
  'what serves already leaves the pin': { given: { journal: PINNED, release: { identity: 'old', images: [] } }, verdict: { type: 'go', notes: [] } },
  'a descendant of the bad commit lifts the pin': {
    given: { journal: PINNED },
    relations: { mark: known('ahead'), pin: known('ahead') },
    verdict: {
      type: 'go',
      lifts: PIN,
      mark: SOURCE,
      notes: ['the pin on release 42 of acme/shop@ccccccc falls once this release is accepted: its commit is a descendant of the bad one'],
    },
  },
  'the bad commit with other content leaves the pin': {
    given: { journal: { ...PINNED, mark: BAD }, source: BAD },
    verdict: { type: 'go', notes: ['the pin on release 42 of acme/shop@ccccccc stays: this is the bad commit with other content'] },
  },
  'a commit beside the bad one leaves the pin': {
    given: { journal: PINNED },
    relations: { mark: known('ahead'), pin: known('diverged') },
    verdict: { type: 'go', mark: SOURCE, notes: ['the pin on release 42 of acme/shop@ccccccc stays: this commit is no descendant of the bad one'] },
  },
  'a commit before the bad one leaves the pin': {
    given: { journal: PINNED },
    relations: { mark: known('ahead'), pin: known('behind') },
    verdict: { type: 'go', mark: SOURCE, notes: ['the pin on release 42 of acme/shop@ccccccc stays: this commit is an ancestor of the bad one'] },
  },
  'a commit that cannot be compared with the bad one leaves the pin': {
    given: { journal: PINNED },
    relations: { mark: known('ahead'), pin: HIDDEN },
    verdict: {
      type: 'go',
      mark: SOURCE,
      notes: ['the pin on release 42 of acme/shop@ccccccc stays: this commit cannot be compared with the bad one: the token may not read this'],
    },
  },
  'a run that knows no commit leaves the pin': {
    given: { journal: PINNED, source: undefined },
    verdict: {
      type: 'go',
      notes: [
        `this run knows no commit: whether it is older than ${MARKED} cannot be checked`,
        'the pin on release 42 of acme/shop@ccccccc stays: this run knows no commit',
      ],
    },
  },
  'a pin without a commit waits for a person': {
    given: { journal: { ...JOURNAL, pin: sourceless } },
    relations: { mark: known('ahead') },
    verdict: {
      type: 'go',
      mark: SOURCE,
      notes: ['the pin on release 42 stays: the commit of the bad release is not known, so only a person can lift it, with `unpin: true`'],
    },
  },
}

describe('judgeOrder', () => {
  test.each(Object.entries(WAYS))('%s', (_name, { given, relations = {}, verdict }) => {
    expect(judgeOrder(request(given), relations)).toEqual(verdict)
  })

  test.each(Object.entries(PINS))('%s', (_name, { given, relations = {}, verdict }) => {
    expect(judgeOrder(request(given), relations)).toEqual(verdict)
  })

  test('does not guess where nobody asked', () => {
    expect(() => judgeOrder(request(), {})).toThrow('nobody compared acme/shop@bbbbbbb with acme/shop@aaaaaaa')
  })

  const compared = fc.constantFrom<Compared>(known('ahead'), known('behind'), known('diverged'), known('identical'), HIDDEN, GONE)
  const requests: fc.Arbitrary<OrderRequest> = fc.record({
    release: fc.record({ identity: fc.constantFrom('old', 'new', 'bad'), images: fc.constantFrom([image('web', 'b')], PIN.images, ['web:1'], []) }),
    source: fc.constantFrom(undefined, SOURCE, MARK, BAD, commit('b', 'acme/store')),
    journal: fc.constantFrom(JOURNAL, UNMARKED, PINNED, { ...UNMARKED, pin: PIN }, { ...JOURNAL, pin: sourceless }),
    onDiverged: fc.constantFrom('refuse' as const, 'deploy' as const),
    replace: fc.boolean(),
    unpin: fc.boolean(),
    continuing: fc.boolean(),
  })
  const judged = (check: (request: OrderRequest, verdict: OrderVerdict, relations: Relations) => void) =>
    fc.assert(
      fc.property(requests, compared, compared, (made, mark, pin) => {
        const questions = orderQuestions(made)
        const relations = { ...(questions.mark === undefined ? {} : { mark }), ...(questions.pin === undefined ? {} : { pin }) }
        check(made, judgeOrder(made, relations), relations)
      }),
      { numRuns: 2_000, seed: 42 },
    )

  test('has asked all it needs, and never lets the pinned release through without a person', () => {
    judged(({ release, journal: { pin }, unpin }, verdict) => {
      const bad = pin !== undefined && !unpin && (release.identity === 'bad' || release.images === PIN.images)
      expect(verdict.type === 'held').toBe(bad)
    })
  })

  test('never lowers the mark to an ancestor', () => {
    judged((_request, verdict, { mark }) => {
      if (verdict.type === 'go' && mark?.type === 'known' && mark.relation === 'behind') expect(verdict).not.toHaveProperty('mark')
    })
  })

  test('never releases without being asked to what is older or cannot be compared', () => {
    judged(({ replace, continuing }, verdict, { mark }) => {
      const blind = mark?.type === 'unknown'
      const older = mark?.type === 'known' && mark.relation === 'behind'
      if ((blind && !replace) || (older && !replace && !continuing)) expect(verdict.type).not.toBe('go')
    })
  })

  test('lifts a pin by a person or a descendant only', () => {
    judged(({ unpin }, verdict, { pin }) => {
      if (verdict.type === 'go' && verdict.lifts !== undefined && !unpin) expect(pin).toEqual(known('ahead'))
    })
  })
})
