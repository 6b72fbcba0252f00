import { Fault } from '@fairlead/base'
import { describe, expect, test } from 'vitest'
import { askOrder, orderQuestions, type OrderQuestion, type OrderQuestions, type OrderRequest, type Relation } from '../../src/order/index.ts'
import { BAD, JOURNAL, MARK, PIN, SOURCE, UNMARKED, commit, request } from './order-request.ts'

const PINNED = { ...JOURNAL, pin: PIN }
const OF_MARK: OrderQuestion = { repository: 'acme/shop', base: MARK.commit, head: SOURCE.commit }
const OF_PIN: OrderQuestion = { repository: 'acme/shop', base: BAD.commit, head: SOURCE.commit }

describe('orderQuestions', () => {
  test.each<readonly [string, Partial<OrderRequest>, OrderQuestions]>([
    ['compares with the mark', {}, { mark: OF_MARK }],
    ['compares with the mark for who replaces or goes on, since it may move', { replace: true, continuing: true }, { mark: OF_MARK }],
    ['compares with the bad commit', { journal: PINNED }, { mark: OF_MARK, pin: OF_PIN }],
    ['compares with the bad commit alone', { journal: { ...UNMARKED, pin: PIN } }, { pin: OF_PIN }],
    ['needs no bad commit when a person lifts the pin', { journal: PINNED, unpin: true }, { mark: OF_MARK }],
    ['asks nothing of what is held', { journal: PINNED, release: { identity: 'bad', images: [] } }, {}],
    ['asks nothing of what serves already', { journal: PINNED, release: { identity: 'old', images: [] } }, {}],
    ['asks nothing without a commit', { journal: PINNED, source: undefined }, {}],
    ['asks nothing of the same commit', { source: MARK }, {}],
    ['asks nothing of another repository', { source: commit('b', 'acme/store') }, {}],
    ['asks by the name the repository has now', { source: commit('b', 'ACME/shop') }, { mark: { ...OF_MARK, repository: 'ACME/shop' } }],
  ])('%s', (_name, given, questions) => {
    expect(orderQuestions(request(given))).toEqual(questions)
  })
})

/** A history that answers by base, and writes down what it was asked. */
class Told {
  readonly asked: string[] = []
  readonly #answers: Readonly<Record<string, Relation | Error>>

  constructor(answers: Readonly<Record<string, Relation | Error>>) {
    this.#answers = answers
  }

  async compare({ base, head }: OrderQuestion): Promise<Relation> {
    this.asked.push(`${base.slice(0, 1)}...${head.slice(0, 1)}`)
    const answer = this.#answers[base.slice(0, 1)] ?? new Error('not told')
    if (answer instanceof Error) throw answer
    return answer
  }
}

describe('askOrder', () => {
  test('asks what is needed, and judges by it', async () => {
    const history = new Told({ a: 'ahead', c: 'ahead' })
    expect(await askOrder(request({ journal: PINNED }), history)).toEqual({
      type: 'go',
      mark: SOURCE,
      lifts: PIN,
      notes: ['the pin on release 42 of acme/shop@ccccccc falls once this release is accepted: its commit is a descendant of the bad one'],
    })
    expect(history.asked).toEqual(['a...b', 'c...b'])
  })

  test('asks once where the bad commit is the mark', async () => {
    const history = new Told({ c: 'ahead' })
    expect(await askOrder(request({ journal: { ...PINNED, mark: BAD } }), history)).toMatchObject({ type: 'go', mark: SOURCE, lifts: PIN })
    expect(history.asked).toEqual(['c...b'])
  })

  test('asks nobody when it need not', async () => {
    const history = new Told({})
    expect(await askOrder(request({ source: MARK }), history)).toEqual({ type: 'go', notes: [] })
    expect(history.asked).toEqual([])
  })

  test('takes a fault for not knowing', async () => {
    const history = new Told({ a: new Fault('UNAVAILABLE', 'GitHub is not well', { hint: 'Look at it.' }) })
    expect(await askOrder(request(), history)).toEqual({
      type: 'refused',
      fault: 'UNAVAILABLE',
      text: 'cannot tell whether this commit bbbbbbb is older than acme/shop@aaaaaaa (release 41): GitHub is not well',
      hint: 'Look at it.',
    })
  })

  test('has a hint where the fault has none', async () => {
    const history = new Told({ a: new Fault('UNAVAILABLE', 'GitHub is not well') })
    expect(await askOrder(request(), history)).toMatchObject({ hint: 'Run this again.' })
  })

  test.each([new Fault('BUG', 'a mistake'), new Fault('CANCELLED', 'stopped by SIGTERM'), new TypeError('a mistake')])('throws on %s', async (error) => {
    await expect(askOrder(request(), new Told({ a: error }))).rejects.toBe(error)
  })

  test('throws whatever came of an abort', async () => {
    const reason = new Fault('UNAVAILABLE', 'the time is up')
    const history = new Told({ a: reason })
    await expect(askOrder(request(), history, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })
})
