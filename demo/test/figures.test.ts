import { describe, expect, test } from 'vitest'
import { complaintsOf, figuresOf } from '../figures.ts'
import type { Run } from '../run.ts'
import { answer, CHAPTER, runOf, stepOf } from './sample.ts'

const REFUSED: Run = runOf({
  chapter: { ...CHAPTER, ending: 'refused', cause: 'crash' },
  ending: 'refused',
  steps: [],
  cause: { name: 'crash', message: 'it crashed' },
})
const BACK: Run = runOf({ chapter: { ...CHAPTER, name: 'rollback', ending: 'rolled back' }, ending: 'rolled back' })

describe('figuresOf', () => {
  test('counts from the write that moves traffic', () => {
    const records = [answer(1_300, '1'), answer(1_425, '2'), answer(1_430, '2'), answer(1_450, '1'), answer(2_600, '1', { shape: 'keep-alive' })]
    const run = runOf()
    expect(figuresOf([run], records)).toEqual([
      { run, seconds: 2, untilProven: 0.427, proof: expect.closeTo(7), firstNew: 35, lastOld: 60, lastKept: 1_210, requests: 5, lost: 0, reached: 0 },
    ])
  })

  test('says that kept connections stay where the old version is kept warm', () => {
    const run = runOf({ chapter: { ...CHAPTER, inputs: { standby: 'warm' } } })
    expect(figuresOf([run], [answer(2_000, '1', { shape: 'stream' })])[0]?.lastKept).toBe('stays')
  })

  test('leaves answers after the next move to the next chapter', () => {
    const next = runOf({ chapter: { ...CHAPTER, version: '1', before: '2' }, began: 3_000, ended: 4_000, steps: [stepOf({ type: 'move', at: 3_200 })] })
    const [first] = figuresOf([runOf(), next], [answer(1_500, '2'), answer(1_410, '1'), answer(3_300, '1')])
    expect(first?.lastOld).toBe(20)
  })

  test('counts what was lost and due meanwhile, and nothing else', () => {
    const lost = (at: number) => answer(at, '1', { lost: 'reset' })
    expect(figuresOf([runOf()], [lost(999), lost(1_000), answer(2_000, '2'), lost(3_000)])[0]).toMatchObject({ requests: 2, lost: 1 })
  })

  test('counts every request that reached a refused version, whenever and however it answered', () => {
    expect(figuresOf([REFUSED], [answer(500, '2', { lost: 'status' }), answer(9_000, '2'), answer(2_000, '1')])[0]?.reached).toBe(2)
  })
})

describe('complaintsOf', () => {
  const complain = (run: Run, chapters = 1) => complaintsOf(figuresOf([run], []), chapters)

  test('has nothing to say when everything came out as it must', () => {
    expect([runOf(), REFUSED, BACK].flatMap((run) => complain(run))).toEqual([])
  })

  test.for<{ readonly name: string; readonly run: Run; readonly says: RegExp }>([
    { name: 'another ending', run: runOf({ ending: 'refused' }), says: /expected it to be released, got refused: Released/ },
    { name: 'another cause', run: { ...REFUSED, cause: { name: 'quota', message: '' } }, says: /expected the cause crash, got quota/ },
    {
      name: 'a way back that had to start Pods',
      run: { ...BACK, steps: [stepOf({ type: 'scale' }), ...BACK.steps] },
      says: /one move and nothing else, got scale, move/,
    },
    { name: 'a way back that moved nothing', run: { ...BACK, steps: [] }, says: /one move and nothing else, got none/ },
  ])('names $name', ({ run, says }) => {
    expect(complain(run)).toEqual([expect.stringMatching(says)])
  })

  test('names a refused version that was reached, and a story that ended early', () => {
    expect(complaintsOf(figuresOf([REFUSED], [answer(2_000, '2')]), 6)).toEqual([
      'version 2: expected no request to reach it, got 1',
      'the story: expected 6 chapters, got 1',
    ])
  })
})
