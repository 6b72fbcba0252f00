import { Fault } from '@fairlead/base'
import { describe, expect, test } from 'vitest'
import { defineInputs, expected, parseInputs } from '../src/index.ts'

const schema = defineInputs({
  app: { type: 'text', description: 'Its name.', required: true },
  namespace: { type: 'text', description: 'Where.' },
  kubeconfig: { type: 'text', description: 'Content.', multiline: true },
  replicas: {
    type: 'text',
    description: 'How many.',
    default: '1',
    parse: (text) => {
      if (!/^\d+$/.test(text)) throw expected('a whole number', text)
      return Number(text)
    },
  },
  'dry-run': { type: 'flag', description: 'Only tells.', default: 'false' },
  standby: { type: 'choice', description: 'How.', options: ['cold', 'warm'], default: 'cold' },
  timeout: { type: 'duration', description: 'How long.', default: '10m' },
  manifests: { type: 'lines', description: 'Files.' },
  checks: {
    type: 'yaml',
    description: 'A list.',
    parse: (data) => {
      if (!Array.isArray(data)) throw new Fault('INPUT_INVALID', 'expected a list')
      return data.length
    },
  },
})

const parse = (given: Readonly<Record<string, string>>) => parseInputs(schema, (name) => given[name])
const refusal = (given: Readonly<Record<string, string>>) => {
  try {
    parse({ app: 'web', ...given })
  } catch (error) {
    return (error as Fault).message
  }
  return 'accepted'
}

describe('parseInputs', () => {
  test('fills in defaults and leaves absent what has none', () => {
    expect(parse({ app: ' web \n' })).toEqual({
      app: 'web',
      namespace: undefined,
      kubeconfig: undefined,
      replicas: 1,
      'dry-run': false,
      standby: 'cold',
      timeout: 600_000,
      manifests: [],
      checks: undefined,
    })
  })

  test('reads every kind', () => {
    const given = {
      app: 'web',
      namespace: 'shop',
      kubeconfig: 'a: 1\nb: 2\n',
      replicas: '3',
      'dry-run': 'true',
      standby: 'warm',
      timeout: '1m30s',
      manifests: ' deploy \n\n extra.yaml\n',
      checks: '- path: /',
    }
    expect(parse(given)).toEqual({
      ...given,
      replicas: 3,
      'dry-run': true,
      timeout: 90_000,
      manifests: ['deploy', 'extra.yaml'],
      checks: 1,
    })
  })

  test.each([
    ['an empty required input', { app: ' ' }, 'input "app": is required, got nothing'],
    ['a flag that is no flag', { 'dry-run': 'yes' }, 'input "dry-run": expected true or false, got "yes"'],
    ['a flag in capitals', { 'dry-run': 'True' }, 'input "dry-run": expected true or false, got "True"'],
    ['an unknown choice', { standby: 'hot' }, 'input "standby": expected one of cold, warm, got "hot"'],
    ['a bare number as duration', { timeout: '10' }, 'input "timeout": expected a duration of at most 35d such as 30s, 10m or 1h30m, got "10"'],
    ['what a parser refuses', { replicas: '-1' }, 'input "replicas": expected a whole number, got "-1"'],
    ['a line break in one line', { namespace: 'a\nb' }, 'input "namespace": expected printable text on one line, got the character U+000A'],
    ['a NUL', { manifests: 'a\u0000b' }, 'input "manifests": expected printable text, got the character U+0000'],
    ['a mark that turns the writing', { app: 'we\u202Eb' }, 'input "app": expected printable text on one line, got the character U+202E'],
    ['YAML of the wrong shape', { checks: 'a: 1' }, 'input "checks": expected a list'],
    ['a very long value, which is not shown', { standby: 'x'.repeat(200) }, 'input "standby": expected one of cold, warm, got 200 characters'],
  ])('refuses %s', (_, given, message) => {
    expect(refusal(given)).toBe(message)
  })

  test('refuses malformed YAML with its place', () => {
    expect(refusal({ checks: '- path: [' })).toMatch(/^input "checks": expected YAML, got [^\n]* at line 1, column 10$/)
  })

  test('refuses an alias bomb', () => {
    const bomb = ['a: &a [x, x]', ...[...'bcdefghij'].map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghij'[index]}`).join(', ')}]`)].join(
      '\n',
    )
    expect(refusal({ checks: bomb })).toMatch(/^input "checks": expected YAML, got Excessive alias count/)
  })

  test('reports all that is wrong at once', () => {
    const error = (() => {
      try {
        return parse({ 'dry-run': '1', timeout: 'soon' })
      } catch (thrown) {
        return thrown as Fault
      }
    })()
    expect(error).toMatchObject({ code: 'INPUT_INVALID', message: '3 inputs are wrong' })
    expect((error as Fault).problems.map(({ message }) => message.split(':')[0])).toEqual(['input "app"', 'input "dry-run"', 'input "timeout"'])
  })
})
