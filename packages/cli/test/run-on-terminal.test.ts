import { defineInputs, type Operation, type Run } from '@fairlead/action'
import { Fault } from '@fairlead/base'
import { describe, expect, test } from 'vitest'
import { command, type Command } from '../src/commands/command.ts'
import { runOnTerminal } from '../src/run-on-terminal.ts'
import { FakeMachine, FakeScreen } from './fake-machine.ts'

const SECRET = 'a-secret-of-some-length'
const inputs = defineInputs({
  app: { type: 'lines', description: 'The app.' },
  'github-token': { type: 'text', description: 'The token.', default: '${{ github.token }}' },
  soak: { type: 'duration', description: 'How long.', default: '30s' },
})

/** A command that does what the test says. */
function works(
  work: (run: Run<undefined>, values: { readonly app: readonly string[]; readonly token: string | undefined; readonly soak: number }) => Promise<string>,
): readonly Command[] {
  const operation: Operation<typeof inputs, undefined, string, string, string> = {
    name: 'works',
    description: 'Works.',
    inputs,
    outputs: {},
    observe: (values, run) => work(run, { app: values.app, token: values['github-token'], soak: values.soak }),
    plan: (_, said) => said,
    execute: (said) => Promise.resolve(said),
    report: (_, said) => ({
      conclusion: said === 'no' ? 'failure' : 'success',
      verdict: `It said ${said}`,
      outputs: { plan: '{"steps":[1]}', release: '42', text: '[no json' },
      annotations: [],
      summary: [{ type: 'list', items: [`said ${said}`] }],
      details: { said, nothing: undefined },
    }),
  }
  return [command({ name: 'work', summary: 'works', operation, connect: () => Promise.resolve(undefined) })]
}

describe('runOnTerminal', () => {
  test('prints one JSON document where nobody looks, and the progress beside it', async () => {
    const machine = new FakeMachine(['work', 'web', '--soak=5s'])
    const code = await runOnTerminal(
      works(async (run, { app, soak }) => {
        run.say('\u001B[31mhello\u0007')
        return `${app.join()} ${soak}`
      }),
      machine,
    )
    expect([code, machine.document(), machine.errors.text]).toEqual([
      0,
      {
        conclusion: 'success',
        verdict: 'It said web 5000',
        outputs: { plan: { steps: [1] }, release: '42', text: '[no json' },
        details: { said: 'web 5000', nothing: null },
      },
      'hello\n',
    ])
  })

  test('prints the same on a terminal with --json', async () => {
    const machine = new FakeMachine(['work', '--json'], { output: new FakeScreen() })
    await runOnTerminal(
      works(async () => 'yes'),
      machine,
    )
    expect(machine.document().conclusion).toBe('success')
  })

  test('prints lines on a terminal that is dumb', async () => {
    const machine = new FakeMachine(['work'], { output: new FakeScreen(), environment: { TERM: 'dumb' } })
    await runOnTerminal(
      works(async (run) => {
        for (const line of ['', ' 1  step', '      done in 1.0s: yes']) run.say(line)
        return 'yes'
      }),
      machine,
    )
    expect(machine.output.text).toBe('\n 1  step\n      done in 1.0s: yes\n\n- said yes\n\nIt said yes\n')
  })

  test('says why not beside the document when the answer is no', async () => {
    const machine = new FakeMachine(['work'])
    expect(
      await runOnTerminal(
        works(async () => 'no'),
        machine,
      ),
    ).toBe(1)
    expect(machine.errors.text).toBe('- said no\n\nIt said no\n')
  })

  test.each([
    [new Fault('CONFLICT', 'the lock is held'), 4],
    [new Fault('UNAVAILABLE', 'no answer'), 3],
    [new Fault('INPUT_INVALID', 'input "soak": no'), 2],
    [new TypeError('x is not a function'), 3],
  ])('ends with the code of what was thrown: %s', async (error, code) => {
    const machine = new FakeMachine(['work'])
    expect(
      await runOnTerminal(
        works(async () => {
          throw error
        }),
        machine,
      ),
    ).toBe(code)
    expect(machine.document()).toMatchObject({ conclusion: 'failure', outputs: { fault: error instanceof Fault ? error.code : 'BUG' } })
    expect(machine.output.text).not.toContain('input \\"soak\\"')
  })

  test('takes secrets out of everything, inside JSON too', async () => {
    const machine = new FakeMachine(['work'], { output: new FakeScreen() })
    await runOnTerminal(
      works(async (run) => {
        run.host.mask(SECRET)
        run.say(`the token is ${SECRET}`)
        return SECRET
      }),
      machine,
    )
    const other = new FakeMachine(['work'])
    await runOnTerminal(
      works(async ({ host }) => {
        host.mask(SECRET)
        return SECRET
      }),
      other,
    )
    expect(machine.output.text).toContain('the token is ***')
    expect(other.document().verdict).toBe('It said ***')
    expect(machine.output.text + machine.errors.text + other.output.text + other.errors.text).not.toContain(SECRET)
  })

  test('takes no expression of a workflow for a value', async () => {
    const machine = new FakeMachine(['work'])
    await runOnTerminal(
      works(async (_, { token }) => String(token)),
      machine,
    )
    expect(machine.document().verdict).toBe('It said undefined')
  })

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('asks to stop in order at the first %s, and ends at once at the second', async (signal, code) => {
    const machine = new FakeMachine(['work'])
    const exits: (readonly number[])[] = []
    const ended = await runOnTerminal(
      works(async ({ host }) => {
        for (let times = 0; times < 2; times += 1) {
          machine.send(signal)
          exits.push([...machine.exits])
        }
        host.signal.throwIfAborted()
        return 'never'
      }),
      machine,
    )
    expect([ended, exits]).toEqual([code, [[], [code]]])
    expect(machine.document()).toMatchObject({ conclusion: 'cancelled', verdict: `works was cancelled: stopped by ${signal}` })
    expect(machine.errors.text).toContain(`${signal}: stopping in order; once more ends at once`)
  })

  test('says who it is, and where relative paths begin', async () => {
    const machine = new FakeMachine(['work'])
    await runOnTerminal(
      works(async ({ host: { origin, workspace } }) => `${origin.holder} ${origin.actor} ${workspace}`),
      machine,
    )
    expect(machine.document().verdict).toBe('It said ann@laptop #3f9a ann@laptop /work')
  })

  test.each([
    [['help'], /^Takes a release/],
    [['help', 'work'], /^Works\./],
    [['--version'], /^\d+\.\d+\.\d+\n$/],
  ])('answers %j as text, wherever it goes', async (args, text) => {
    const machine = new FakeMachine(args)
    expect(
      await runOnTerminal(
        works(async () => 'never'),
        machine,
      ),
    ).toBe(0)
    expect(machine.output.text).toMatch(text)
  })
})
