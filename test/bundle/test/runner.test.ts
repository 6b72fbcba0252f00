import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CommandReader, Masker, parseCommand, parseFileCommands, runBundle, type RunningStep } from '../src/index.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-action-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** An action of the test's own, so that the runner is tested by what it does to a process. */
async function action(name: string, script: string): Promise<string> {
  const path = join(folder, name)
  await mkdir(path)
  await writeFile(join(path, 'index.mjs'), script)
  await writeFile(
    join(path, 'action.yml'),
    'name: n\ndescription: d\ninputs:\n  greeting-text:\n    description: g\n    default: hello\nruns:\n  using: node24\n  main: index.mjs\n  post: index.mjs\n',
  )
  return path
}

describe('runBundle', () => {
  test('gives defaults as INPUT_*, with hyphens, and takes outputs, summary and commands', async () => {
    const path = await action(
      'speaks',
      `import { appendFileSync } from 'node:fs'
       const { env } = process
       console.log(env['INPUT_GREETING-TEXT'], process.version.split('.')[0], env.KUBECONFIG ?? 'no kubeconfig', env.SECRET_OF_THE_CALLER ?? 'nothing inherited')
       console.log('::add-mask::s3cret-value\\nplain s3cret-value and ' + Buffer.from('s3cret-value').toString('base64'))
       console.log('::error file=a.yaml,line=3,title=T%3AU::broken %25 s3cret-value')
       appendFileSync(env.GITHUB_OUTPUT, 'one=1\\ntwo<<EOF\\na\\nb\\nEOF\\n')
       appendFileSync(env.GITHUB_STEP_SUMMARY, '# has s3cret-value')`,
    )
    const record = await runBundle({ action: path })
    expect(record.log).toEqual(['hello v24 no kubeconfig nothing inherited', 'plain *** and ***'])
    expect(record.annotations).toEqual([{ name: 'error', properties: { file: 'a.yaml', line: '3', title: 'T:U' }, data: 'broken % ***' }])
    expect(record.outputs).toEqual({ one: '1', two: 'a\nb' })
    expect(record.summary).toBe('# has ***')
  })

  test('climbs from SIGINT over SIGTERM to SIGKILL', async () => {
    const path = await action(
      'deaf',
      `for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => console.log('got', signal)); console.log('ready'); setInterval(() => {}, 1000)`,
    )
    const ladder = [
      { signal: 'SIGINT', after: 0 },
      { signal: 'SIGTERM', after: 60 },
      { signal: 'SIGKILL', after: 60 },
    ] as const
    const record = await runBundle({ action: path, cancel: { when: 'ready', ladder } })
    expect({ log: record.log, exit: record.exitCode, signal: record.signal }).toEqual({
      log: ['ready', 'got SIGINT', 'got SIGTERM'],
      exit: undefined,
      signal: 'SIGKILL',
    })
  })

  test('gives the running process away, so that it can be killed or cancelled from outside', async () => {
    const path = await action(
      'waits',
      `process.on('SIGINT', () => { console.log('got SIGINT'); process.exit(3) }); console.log('ready'); setInterval(() => {}, 1000)`,
    )
    const end = async (act: (step: RunningStep) => void) => {
      const { promise, resolve } = Promise.withResolvers<RunningStep>()
      const record = await runBundle({ action: path, onStart: resolve, onLine: (line) => void (line === 'ready' && promise.then(act)) })
      return [record.exitCode, record.signal, record.log.at(-1)]
    }
    expect(await end((step) => step.kill('SIGKILL'))).toEqual([undefined, 'SIGKILL', 'ready'])
    expect(await end((step) => step.cancel())).toEqual([3, undefined, 'got SIGINT'])
  })

  test('runs post with the state that main left', async () => {
    const path = await action(
      'winds-up',
      `import { appendFileSync } from 'node:fs'
       if (process.env.STATE_lock) console.log('winding up', process.env.STATE_lock)
       else appendFileSync(process.env.GITHUB_STATE, 'lock=held\\n')`,
    )
    const { state, post } = await runBundle({ action: path, post: true })
    expect({ state, log: post?.log }).toEqual({ state: { lock: 'held' }, log: ['winding up held'] })
  })

  test('does not show a summary that the runner would reject', async () => {
    const path = await action('talks', `import { writeFileSync } from 'node:fs'; writeFileSync(process.env.GITHUB_STEP_SUMMARY, 'x'.repeat(1048577))`)
    expect((await runBundle({ action: path })).summary).toBeUndefined()
  })
})

describe('parseCommand', () => {
  test.each([
    ['::notice::hello', { name: 'notice', properties: {}, data: 'hello' }],
    ['  ::error line=1,title=a%2Cb::x%0Ay', { name: 'error', properties: { line: '1', title: 'a,b' }, data: 'x\ny' }],
    ['2026 ##[error]boom', { name: 'error', properties: {}, data: 'boom' }],
    ['text ::error::not at the beginning', undefined],
    ['::unknown::x', undefined],
  ])('reads %j', (line, expected) => {
    expect(parseCommand(line)).toEqual(expected)
  })

  test('reads nothing between stop-commands and its token', () => {
    const reader = new CommandReader()
    const read = ['::stop-commands::tok', '::error::a', '::tok::', '::error::b'].map((line) => reader.read(line)?.data)
    expect(read).toEqual([undefined, undefined, undefined, 'b'])
  })
})

describe('Masker', () => {
  test('masks every line of a value, as the runner does, and so ruins a log that masks a whole file', () => {
    const masker = new Masker()
    masker.add('apiVersion: v1\ntoken: abcdef')
    expect(masker.mask('apiVersion: v1 is gone, token: abcdef too')).toBe('*** is gone, *** too')
  })
})

describe('parseFileCommands', () => {
  test.each([['a'], ['=x'], ['a<<EOF\nx']])('fails the step on %j', (text) => {
    expect(() => parseFileCommands(text)).toThrow(/Invalid/)
  })
})
