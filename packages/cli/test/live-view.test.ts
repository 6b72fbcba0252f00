import type { Report } from '@fairlead/action'
import { ManualClock } from '@fairlead/base/testing'
import { describe, expect, test } from 'vitest'
import { LiveView } from '../src/view/live-view.ts'
import { FakeScreen } from './fake-machine.ts'

const PLAN = [
  'shop/web - blue is active (release 1)',
  ' 1  wait up to 10m until web-green is healthy',
  ' 2  move Service web from blue to green    needs: 1   undo: move back to blue',
]

const REPORT: Report = {
  conclusion: 'success',
  verdict: 'Released after 3s: web serves release 2 from green',
  outputs: {},
  annotations: [],
  summary: [
    { type: 'table', columns: ['', 'step', 'result', 'seconds'], rows: [['1', 'wait', 'done', '3.0']] },
    { type: 'heading', text: 'Proofs' },
    { type: 'table', columns: ['what', 'result'], rows: [['prove', 'proven']] },
    { type: 'heading', text: 'To know' },
    { type: 'list', items: ['no preStop'] },
    { type: 'heading', text: 'Plan' },
    { type: 'code', text: PLAN.join('\n') },
  ],
  details: {},
}

function open({ colours = false, width = 80 } = {}): {
  readonly view: LiveView
  readonly screen: FakeScreen
  readonly clock: ManualClock
  readonly say: (...lines: string[]) => void
} {
  const screen = new FakeScreen({ width })
  const clock = new ManualClock()
  const view = new LiveView(screen, clock, { colours })
  return { view, screen, clock, say: (...lines) => lines.forEach((line) => view.say(line)) }
}

describe('a live view', () => {
  test('prints the plan as it is, and draws the step at work in its place', async () => {
    const { screen, clock, say } = open()
    say(...PLAN, '', ' 1  wait up to 10m until web-green is healthy')
    expect(screen.shown()).toEqual([...PLAN, '', ' 1     0.0s  wait up to 10m until web-green is healthy'])
    say('Deployment "shop/web-green": Progressing, 1 of 3 available')
    await clock.advance(1_500)
    expect(screen.shown().slice(4)).toEqual([
      ' 1     1.5s  wait up to 10m until web-green is healthy',
      '             Deployment "shop/web-green": Progressing, 1 of 3 available',
    ])
    await clock.advance(60_000)
    expect(screen.shown()[4]).toBe(' 1    1m02s  wait up to 10m until web-green is healthy')
    say('      done in 61.5s: after 61.5s', ' 2  move Service web from blue to green')
    expect(screen.shown().slice(4)).toEqual([
      ' 1    1m02s  wait up to 10m until web-green is healthy: after 61.5s',
      ' 2     0.0s  move Service web from blue to green',
    ])
  })

  test('says in full why a step failed', () => {
    const { screen, say } = open()
    const reason = `Pod web-green-1: container "web" exits with 3 ${'again and '.repeat(12)}again`
    say(...PLAN, '', ' 1  wait up to 10m until web-green is healthy', `      FAILED in 2.0s: ${reason}`, '', 'taking it back:', ' 1  scale web-green to 0')
    expect(screen.shown().slice(4)).toEqual([
      ' 1     2.0s  FAILED wait up to 10m until web-green is healthy',
      `             ${reason}`,
      '',
      'taking it back:',
      ' 1     0.0s  scale web-green to 0',
    ])
  })

  test('ends with what was not shown yet, and the verdict last', () => {
    const { view, screen, say } = open()
    say(...PLAN, '', ' 1  wait', '      done in 3.0s: after 3s')
    view.end(REPORT)
    expect(screen.shown().slice(5)).toEqual(['', 'To know', '- no preStop', '', 'Released after 3s: web serves release 2 from green'])
  })

  test('ends a failure with everything there is, commands ready to be copied', () => {
    const { view, screen, say } = open()
    say(...PLAN, '', ' 1  wait', '      FAILED in 3.0s: no')
    const summary = [{ type: 'heading' as const, text: 'By hand' }, { type: 'code' as const, text: 'kubectl get pods', language: 'sh' }, ...REPORT.summary]
    view.end({ ...REPORT, conclusion: 'failure', verdict: 'Refused', summary })
    expect(screen.shown().slice(6)).toEqual([
      '',
      'By hand',
      '  kubectl get pods',
      '',
      'Proofs',
      'what   result',
      'prove  proven',
      '',
      'To know',
      '- no preStop',
      '',
      'Refused',
    ])
  })

  test('shows a report whole where there were no steps', () => {
    const { view, screen } = open()
    view.end({
      ...REPORT,
      summary: [
        { type: 'heading', text: 'shop/web' },
        { type: 'list', items: ['serves: release 2'] },
      ],
    })
    expect(screen.shown()).toEqual(['', 'shop/web', '- serves: release 2', '', REPORT.verdict])
  })

  test('prints a plan that is made again as a plan, and leaves a line that only looks like a step as it was', () => {
    const { screen, say } = open()
    say(
      ...PLAN,
      '',
      'another run was at work in between, so the plan is made again:',
      ' 1  wait  undo: nothing',
      '',
      ' 1  wait',
      ' 9  of the images',
      '      done in 1.0s: x',
    )
    expect(screen.shown().slice(4)).toEqual([
      'another run was at work in between, so the plan is made again:',
      ' 1  wait  undo: nothing',
      '',
      ' 1  wait',
      ' 9     1.0s  of the images: x',
    ])
  })

  test('keeps to the width of the terminal, and lets no wide row break in two', () => {
    const { screen, say } = open({ width: 40 })
    say('', ' 1  wait up to 10m until web-green is healthy', `Pod ${'漢'.repeat(60)}`)
    const [, step = '', said = ''] = screen.shown()
    expect([step, step.length, said.length]).toEqual([' 1     0.0s  wait up to 10m until web-…', 39, 39])
    expect(screen.text).toContain('\u001B[?7l 1 ')
    expect(screen.text.lastIndexOf('\u001B[?7h')).toBeGreaterThan(screen.text.lastIndexOf('\u001B[?7l'))
  })

  test('uses colours only where they are wanted', () => {
    const [plain, painted] = [open(), open({ colours: true })]
    for (const { view, say } of [plain, painted]) {
      say('', ' 1  wait', 'something', '      done in 1.0s: yes')
      view.end(REPORT)
    }
    // oxlint-disable-next-line no-control-regex -- colours are what is looked for
    const colours = /\u001B\[\d+m/
    expect([colours.test(plain.screen.text), colours.test(painted.screen.text)]).toEqual([false, true])
    expect(painted.screen.shown()).toEqual(plain.screen.shown())
  })

  test('draws nothing any more after its end', async () => {
    const { view, screen, clock, say } = open()
    say('', ' 1  wait')
    view.end(REPORT)
    const { text } = screen
    await clock.advance(10_000)
    expect(screen.text).toBe(text)
  })
})
