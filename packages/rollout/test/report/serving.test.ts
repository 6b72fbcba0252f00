import { slotBackend } from '@fairlead/traffic'
import { describe, expect, test } from 'vitest'
import { describeServing, servingAfter } from '../../src/report/serving.ts'
import type { Execution, Journal, Step } from '../../src/index.ts'

const note = (number: number) => ({ number, identity: `i${number}`, images: [] })
const journal: Journal = {
  format: 1,
  token: 3,
  last: 2,
  active: { backend: slotBackend('blue'), release: note(1) },
  rollout: { release: note(2), slot: 'green', from: slotBackend('blue'), created: [], step: 'move', state: 'running', moving: true },
}

function ran(...steps: readonly Step[]): Execution {
  return { ended: 'complete', records: steps.map((step, index) => ({ number: index + 1, step, text: step.type, state: 'done', seconds: 0 })) }
}

const move: Step = { type: 'move', app: 'web', service: 'web', from: slotBackend('blue'), to: slotBackend('green'), atLeast: 1, needs: [], base: {} }
const back: Step = { ...move, from: slotBackend('green'), to: slotBackend('blue') }
const places = [{ app: 'web', service: 'web', backend: slotBackend('blue') }]
const journals = new Map([['web', journal]])
const said = (outcome: Parameters<typeof servingAfter>[0]) => describeServing(servingAfter(outcome))

describe('servingAfter', () => {
  test.each<readonly [string, Omit<Parameters<typeof servingAfter>[0], 'places' | 'journals'>, string]>([
    ['nothing moved', { forward: ran() }, 'web serves release 1 from blue'],
    ['traffic moved', { forward: ran(move) }, 'web serves release 2 from green'],
    ['traffic moved and was taken back', { forward: ran(move), seen: [slotBackend('green')], wayBack: ran(back) }, 'web serves release 1 from blue'],
    ['somebody else moved it meanwhile', { forward: ran(move), seen: [slotBackend('blue')] }, 'web serves release 1 from blue'],
    ['somebody has opened it', { forward: ran(move), seen: [undefined] }, 'web is as it was without us'],
  ])('tells where users are after %s', (_, outcome, sentence) => {
    expect(said({ places, journals, ...outcome })).toBe(sentence)
  })

  test('does not take a move that failed for one that was made', () => {
    const failed: Execution = { ended: 'refused', records: [{ number: 1, step: move, text: 'move', state: 'failed', seconds: 0 }] }
    expect(said({ places, journals, forward: failed })).toBe('web serves release 1 from blue')
  })
})
