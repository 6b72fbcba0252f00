import { defineInputs, type Operation } from '@fairlead/action'
import { Fault } from '@fairlead/base'
import { describe, expect, test } from 'vitest'
import { readCommandLine } from '../src/arguments/command-line.ts'
import { nearest } from '../src/arguments/nearest.ts'
import { command } from '../src/commands/command.ts'
import { COMMANDS } from '../src/commands/index.ts'

/** What the arguments give, by input; or what they lead to instead. */
function given(args: readonly string[], commands = COMMANDS): unknown {
  const line = readCommandLine(args, commands)
  if (line.type === 'run') return { [line.command.name]: Object.fromEntries(line.values) }
  return line.type === 'help' ? `help ${line.command?.name ?? 'on all'}` : line.type
}

function refused(args: readonly string[]): readonly string[] {
  try {
    readCommandLine(args, COMMANDS)
  } catch (error) {
    if (error instanceof Fault) return [error.code, ...error.problems.map(({ message }) => message)]
    throw error
  }
  return ['accepted']
}

const GOOD: Readonly<Record<string, readonly [readonly string[], unknown]>> = {
  'the app as an argument': [['rollback', 'web'], { rollback: { app: 'web' } }],
  'the app as a flag': [['rollback', '--app', 'web'], { rollback: { app: 'web' } }],
  'several apps, in order': [['rollback', 'web', 'api', '--app=db'], { rollback: { app: 'web\napi\ndb' } }],
  'values behind a blank and behind =': [
    ['deploy', 'web', '--soak', '30s', '--image=a/b@sha256:0'],
    { deploy: { app: 'web', soak: '30s', image: 'a/b@sha256:0' } },
  ],
  'a value with = in it': [['deploy', '--image', 'web=a/b:1'], { deploy: { image: 'web=a/b:1' } }],
  'lines in several flags': [['deploy', '--values', 'a.yaml', '--values', 'b.yaml'], { deploy: { values: 'a.yaml\nb.yaml' } }],
  'a flag without a value': [['deploy', '--dry-run', 'web'], { deploy: { app: 'web', 'dry-run': 'true' } }],
  'a flag that is told': [['deploy', '--dry-run=false'], { deploy: { 'dry-run': 'false' } }],
  'the namespace in short': [['status', '-n', 'shop'], { status: { namespace: 'shop' } }],
  'YAML that begins like a flag': [['deploy', '--checks', '- path: /healthz'], { deploy: { checks: '- path: /healthz' } }],
  'a value that begins like a flag, behind =': [['deploy', '--context=--odd'], { deploy: { context: '--odd' } }],
  'everything behind -- as arguments': [['rollback', '--', '--web'], { rollback: { app: '--web' } }],
  'objects of health': [['health', 'deployment/web', 'pods/a'], { health: { objects: 'deployment/web\npods/a' } }],
  'a wish for JSON': [['status', '--json'], { status: {} }],
  'help on all': [['help'], 'help on all'],
  'help by flag': [['--help'], 'help on all'],
  'help on one': [['help', 'deploy'], 'help deploy'],
  'help on one by flag, whatever else is wrong': [['deploy', '--bogus', '-h'], 'help deploy'],
  'the version': [['--version'], 'version'],
}

const BAD: Readonly<Record<string, readonly [readonly string[], readonly string[]]>> = {
  'no command': [[], ['expected a command, got none']],
  'an unknown command': [['rolback', 'web'], ['command "rolback" is unknown, the nearest is rollback']],
  'a command that is like none': [['frobnicate'], ['command "frobnicate" is unknown']],
  'a flag before the command': [['--app', 'web', 'status'], ['expected a command first, got the flag --app']],
  'an unknown flag, and not what stands behind it': [['deploy', 'web', '--imgae', 'a/b:1'], ['flag --imgae is unknown to deploy, the nearest is --image']],
  'the beginning of a flag': [['deploy', '--rollback-t=1s'], ['flag --rollback-t is unknown to deploy, the nearest is --rollback-timeout']],
  'a flag of another command': [['rollback', 'web', '--kustomize', 'x'], ['flag --kustomize is unknown to rollback']],
  'an unknown short flag': [['status', '-x'], ['flag -x is unknown to status']],
  'a name every object has': [['status', '--constructor=x'], ['flag --constructor is unknown to status']],
  'a value that is missing': [['rollback', 'web', '--drain'], ['flag --drain: expected a value, got nothing']],
  'a value that a variable has lost': [['rollback', 'web', '--namespace', ''], ['flag --namespace: expected a value, got nothing']],
  'a flag where a value is due': [['rollback', '--app', '--dry-run'], ['flag --app: expected a value, got what looks like the flag --dry-run']],
  'a value that goes on as an app': [['rollback', 'web', '--dry-run', 'false'], ['flag --dry-run: expected nothing behind it, got false']],
  'a value twice': [['rollback', 'web', '--drain', '1s', '--drain', '2s'], ['flag --drain: expected it once, got it 2 times']],
  'several things at once': [
    ['rollback', '--drian', '1s', '--context'],
    ['flag --drian is unknown to rollback, the nearest is --drain', 'flag --context: expected a value, got nothing'],
  ],
}

describe('readCommandLine', () => {
  test.each(Object.entries(GOOD))('reads %s', (_, [args, expected]) => {
    expect(given(args)).toEqual(expected)
  })

  test.each(Object.entries(BAD))('refuses %s', (_, [args, messages]) => {
    expect(refused(args)).toEqual(['INPUT_INVALID', ...messages])
  })

  test('takes no arguments for a command without an app', () => {
    const inputs = defineInputs({ namespace: { type: 'text', description: 'd' } })
    const operation: Operation<typeof inputs, undefined, undefined, undefined, undefined> = {
      name: 'reap',
      description: 'd',
      inputs,
      outputs: {},
      observe: () => Promise.resolve(undefined),
      plan: () => undefined,
      execute: () => Promise.resolve(undefined),
      report: () => ({ conclusion: 'success', verdict: 'v', outputs: {}, annotations: [], summary: [], details: {} }),
    }
    const reap = command({ name: 'reap', summary: 's', operation, connect: () => Promise.resolve(undefined) })
    expect(given(['reap', '-n', 'shop'], [reap])).toEqual({ reap: { namespace: 'shop' } })
    expect(() => given(['reap', 'web'], [reap])).toThrow('reap: expected flags only, got "web"')
  })
})

describe('nearest', () => {
  test.each([
    ['deploi', 'deploy'],
    ['edploy', 'deploy'],
    ['hist', 'history'],
    ['x', undefined],
    ['', undefined],
    ['timeout', undefined],
  ])('finds for %j %j', (word, found) => {
    expect(nearest(word, ['deploy', 'history', 'status'])).toBe(found)
  })
})
