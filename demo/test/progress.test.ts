import { describe, expect, test } from 'vitest'
import { follow, NOTHING_YET, runningStep, type Progress } from '../progress.ts'

const PLAN = [
  'demo/shop - blue is active (release 1), shop-green is idle',
  ' 1  write down that release 2 of shop is on its way to green',
  '10  move Service shop from blue to green                          needs: 3, 4   undo: move back to blue',
  '',
]

function after(...lines: readonly string[]): Progress {
  return lines.reduce((progress, line, index) => follow(progress, line, index), NOTHING_YET)
}

describe('follow', () => {
  test('reads the plan without what each step needs and how it is taken back', () => {
    expect(after(...PLAN)).toEqual({
      phase: 'steps',
      latest: '',
      steps: [
        { number: 1, text: 'write down that release 2 of shop is on its way to green', state: 'planned', isWayBack: false, began: 0 },
        { number: 10, text: 'move Service shop from blue to green', state: 'planned', isWayBack: false, began: 0 },
      ],
    })
  })

  test('times a step from its line on, and takes its end from the log', () => {
    const begun = after(...PLAN, ' 1  write down that release 2 of shop is on its way to green')
    expect(runningStep(begun)).toMatchObject({ number: 1, state: 'running', began: 4 })
    expect(follow(begun, '      done in 0.3s: release 2', 9).steps[0]).toEqual({
      number: 1,
      text: 'write down that release 2 of shop is on its way to green',
      state: 'done',
      isWayBack: false,
      began: 4,
      seconds: 0.3,
      result: 'release 2',
    })
  })

  test('keeps the latest sentence about what is waited for until the step ends', () => {
    const waiting = after(...PLAN, '10  move', 'Deployment "demo/shop-green": Progressing, 1 of 3 replicas available')
    expect(waiting.latest).toBe('Progressing, 1 of 3 replicas available')
    expect(follow(waiting, '      done in 1.0s: moved', 9).latest).toBe('')
  })

  test('adds the way back as steps of its own', () => {
    const { steps, phase } = after(...PLAN, '10  move', '      FAILED in 1.2s: no', '', 'taking it back:', ' 1  scale it to 0', '      done in 3.0s: gone')
    expect(phase).toBe('way back')
    expect(steps.map(({ number, state, isWayBack }) => ({ number, state, isWayBack }))).toEqual([
      { number: 1, state: 'planned', isWayBack: false },
      { number: 10, state: 'failed', isWayBack: false },
      { number: 1, state: 'done', isWayBack: true },
    ])
  })

  test('is over when the tables of the report begin, which repeat every step', () => {
    const over = after(...PLAN, '   step            result     seconds')
    expect(over.phase).toBe('over')
    expect(follow(over, '1  write down that release 2 of shop is on its way to green   release 2   0.0', 9)).toBe(over)
  })
})
