import type { Host } from '@fairlead/base'
import { ManualClock } from '@fairlead/base/testing'
import type { ChartRequest, RenderRequest } from '@fairlead/kube'
import { openRenderer } from '@fairlead/kube/client'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { testHost } from './test-host.ts'
import { faultOf } from './visiting.ts'

let folder: string
let workspace: string

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'fairlead-render-')))
  workspace = join(folder, 'workspace')
  for (const file of [
    'overlays/prod/kustomization.yaml',
    'charts/shop/Chart.yaml',
    'values.yaml',
    'prod.yaml',
    'a,b.yaml',
    'shop-1.2.3.tgz',
    '-odd/kustomization.yaml',
  ]) {
    await write(join('workspace', file), '')
  }
  await write('elsewhere/kustomization.yaml', '')
  await mkdir(join(folder, 'bin'))
})

afterEach(() => rm(folder, { recursive: true, force: true }))

async function write(file: string, text: string): Promise<string> {
  const path = join(folder, file)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
  return path
}

/** Puts a program on PATH. */
async function tool(name: string, script: string): Promise<void> {
  await chmod(await write(join('bin', name), `#!${process.execPath}\n${script}`), 0o700)
}

/** A program that prints what it was started with. */
const ECHO = `console.log(JSON.stringify({ words: process.argv.slice(2), folder: process.cwd(), environment: process.env }))`

function host(part: Partial<Host> = {}): Host {
  return testHost({
    workspace,
    environment: { PATH: join(folder, 'bin'), HOME: '/home/me', INPUT_KUBECONFIG: 'secret', 'INPUT_GITHUB-TOKEN': 'secret' },
    ...part,
  })
}

async function seen(request: RenderRequest, part: Partial<Host> = {}): Promise<{ words: string[]; folder: string; environment: object }> {
  return JSON.parse(await openRenderer(host(part)).render(request)) as { words: string[]; folder: string; environment: object }
}

const KUSTOMIZE: RenderRequest = { type: 'kustomize', folder: 'overlays/prod' }
const CHART: ChartRequest = { type: 'chart', chart: 'charts/shop', release: 'shop', namespace: 'till', values: [] }

describe('render', () => {
  test('answers what the tool prints, to the byte', async () => {
    await tool('kubectl', `process.stderr.write('# Warning: old\\n'); process.stdout.write('a: "ü"\\n---\\n\\nb: 2')`)
    expect(await openRenderer(host()).render(KUSTOMIZE)).toBe('a: "ü"\n---\n\nb: 2')
  })

  test('starts kubectl in the workspace, without our inputs', async () => {
    await tool('kubectl', ECHO)
    const { words, folder: place, environment } = await seen(KUSTOMIZE)
    expect([words, place]).toEqual([['kustomize', './overlays/prod'], workspace])
    expect(Object.keys(environment).filter((name) => name.startsWith('INPUT_'))).toEqual([])
    expect(environment).toMatchObject({ HOME: '/home/me' })
  })

  test('starts kustomize where there is no kubectl, and kubectl where there are both', async () => {
    await tool('kustomize', ECHO)
    expect((await seen(KUSTOMIZE)).words).toEqual(['build', './overlays/prod'])
    await tool('kubectl', ECHO)
    expect((await seen(KUSTOMIZE)).words).toEqual(['kustomize', './overlays/prod'])
  })

  test.each([
    { name: 'the workspace itself', path: '.', argument: '.' },
    { name: 'a folder that looks like an option', path: '-odd', argument: './-odd' },
    { name: 'a path with detours', path: './charts/../overlays/prod/', argument: './overlays/prod' },
  ])('names $name so that it is no option', async ({ path, argument }) => {
    await tool('kubectl', ECHO)
    expect((await seen({ type: 'kustomize', folder: path })).words).toEqual(['kustomize', argument])
  })

  test('takes an absolute path through the link that leads to the workspace', async () => {
    await tool('kubectl', ECHO)
    await symlink(workspace, join(folder, 'link'))
    const { words, folder: place } = await seen({ type: 'kustomize', folder: join(folder, 'link', 'overlays/prod') }, { workspace: join(folder, 'link') })
    expect([words, place]).toEqual([['kustomize', './overlays/prod'], workspace])
  })

  test('gives helm the release, its namespace, its CRDs and its values in their order', async () => {
    await tool('helm', ECHO)
    const { words, folder: place } = await seen({ ...CHART, values: ['values.yaml', join(workspace, 'prod.yaml')] })
    const rest = ['--namespace', 'till', '--include-crds', '--values', './values.yaml', '--values', './prod.yaml']
    expect([words, place]).toEqual([['template', 'shop', './charts/shop', ...rest], workspace])
  })

  test.each([
    { name: 'an archive', chart: 'shop-1.2.3.tgz', argument: './shop-1.2.3.tgz' },
    { name: 'a chart of a registry', chart: 'oci://registry.example/charts/shop', argument: 'oci://registry.example/charts/shop' },
    { name: 'a chart of a repository', chart: 'bitnami/nginx', argument: 'bitnami/nginx' },
    { name: 'a folder that looks like a chart of a repository', chart: 'charts/shop', argument: './charts/shop' },
  ])('gives helm $name', async ({ chart, argument }) => {
    await tool('helm', ECHO)
    expect((await seen({ ...CHART, chart })).words[2]).toBe(argument)
  })

  test.each<{ name: string; request: RenderRequest; message: string }>([
    {
      name: 'a folder outside',
      request: { type: 'kustomize', folder: '../elsewhere' },
      message: '"../elsewhere" is outside the workspace, expected a path in it',
    },
    {
      name: 'a folder outside that is not there',
      request: { type: 'kustomize', folder: '../nowhere' },
      message: '"../nowhere" is outside the workspace, expected a path in it',
    },
    { name: 'a link to outside', request: { type: 'kustomize', folder: 'link' }, message: '"link" is outside the workspace, expected a path in it' },
    {
      name: 'a folder that is not there',
      request: { type: 'kustomize', folder: 'nowhere' },
      message: '"nowhere" cannot be rendered, expected a folder in the workspace, got nothing',
    },
    {
      name: 'a file for a folder',
      request: { type: 'kustomize', folder: 'values.yaml' },
      message: '"values.yaml" cannot be rendered, expected a folder in the workspace, got a file',
    },
    {
      name: 'a folder of values',
      request: { ...CHART, values: ['charts'] },
      message: '"charts" cannot be rendered, expected a file in the workspace, got a folder',
    },
    { name: 'values outside', request: { ...CHART, values: ['/etc/passwd'] }, message: '"/etc/passwd" is outside the workspace, expected a path in it' },
    {
      name: 'values that helm would split',
      request: { ...CHART, values: ['a,b.yaml'] },
      message: 'values "a,b.yaml": helm cannot be given this file, expected a path without commas and quotes, got one with them',
    },
    {
      name: 'a chart that is an option',
      request: { ...CHART, chart: '--post-renderer=/bin/sh' },
      message: 'chart "--post-renderer=/bin/sh": it cannot be rendered, expected a path in the workspace, oci://... or repository/name, got something else',
    },
    {
      name: 'a chart of an unknown kind',
      request: { ...CHART, chart: 'https://example.invalid/shop.tgz' },
      message:
        'chart "https://example.invalid/shop.tgz": it cannot be rendered, expected a path in the workspace, oci://... or repository/name, got something else',
    },
    { name: 'a chart outside', request: { ...CHART, chart: '../elsewhere' }, message: '"../elsewhere" is outside the workspace, expected a path in it' },
    {
      name: 'a release that is an option',
      request: { ...CHART, release: '--debug' },
      message: 'release "--debug": it is not usable, expected lower case letters, digits and dashes, got another name',
    },
    {
      name: 'a namespace that is an option',
      request: { ...CHART, namespace: '-n' },
      message: 'namespace "-n": it is not usable, expected lower case letters, digits and dashes, got another name',
    },
  ])('refuses $name before it starts anything', async ({ request, message }) => {
    await symlink(join(folder, 'elsewhere'), join(workspace, 'link'))
    for (const name of ['kubectl', 'helm']) await tool(name, `require('fs').writeFileSync(${JSON.stringify(join(folder, 'started'))}, '')`)
    expect(await faultOf(openRenderer(host()).render(request))).toMatchObject({ code: 'INPUT_INVALID', message })
    expect(existsSync(join(folder, 'started'))).toBe(false)
  })

  test.each<{ name: string; request: RenderRequest; message: string; hint: string }>([
    {
      name: 'kubectl nor kustomize',
      request: KUSTOMIZE,
      message: 'kustomize "overlays/prod": nothing here can render it, expected kubectl or kustomize on PATH, got none',
      hint: 'Install kubectl in a step before this one, for example with azure/setup-kubectl.',
    },
    {
      name: 'helm',
      request: CHART,
      message: 'chart "charts/shop": nothing here can render it, expected helm on PATH, got none',
      hint: 'Install helm in a step before this one, for example with azure/setup-helm.',
    },
  ])('says how to get it where there is no $name', async ({ request, message, hint }) => {
    expect(await faultOf(openRenderer(host()).render(request))).toMatchObject({ code: 'ENVIRONMENT_MISSING', message, hint })
  })

  test('names a tool that cannot be started, and tries no other', async () => {
    await write('bin/kubectl', '')
    await tool('kustomize', ECHO)
    expect(await faultOf(openRenderer(host()).render(KUSTOMIZE))).toMatchObject({
      code: 'ENVIRONMENT_MISSING',
      message: 'kustomize "overlays/prod": kubectl cannot be started, expected a program, got EACCES',
    })
  })

  test('misses the workspace, not the tool, where there is no checkout', async () => {
    await tool('kubectl', ECHO)
    expect(await faultOf(openRenderer(host({ workspace: join(folder, 'nowhere') })).render(KUSTOMIZE))).toMatchObject({
      code: 'ENVIRONMENT_MISSING',
      hint: 'Run a checkout step before this one.',
    })
  })

  test('quotes the last lines of a tool that refuses, and nothing of its output', async () => {
    await tool('helm', `console.log('half-a-secret'); for (let n = 1; n <= 30; n += 1) console.error('line ' + n); process.exitCode = 3`)
    const fault = await faultOf(openRenderer(host()).render(CHART))
    const words = Array.from({ length: 20 }, (_, index) => `line ${index + 11}`).join('\n')
    expect(fault).toMatchObject({ code: 'INPUT_INVALID', message: `chart "charts/shop": helm template refused it, expected manifests, got exit 3: ${words}` })
  })

  test('quotes no more than it can be read, of one long line', async () => {
    await tool('helm', `console.error('x'.repeat(100_000)); process.exitCode = 1`)
    expect((await faultOf(openRenderer(host()).render(CHART))).message.length).toBeLessThan(2_200)
  })

  test.each([
    { name: 'prints without end', script: `process.stdout.write('x'.repeat(17 * 1024 * 1024))`, got: 'more than 16777216 bytes' },
    { name: 'is killed', script: `console.error('so long'); process.kill(process.pid, 'SIGTERM')`, got: 'exit SIGTERM: so long' },
  ])('gives up a tool that $name', async ({ script, got }) => {
    await tool('kubectl', script)
    expect(await faultOf(openRenderer(host()).render(KUSTOMIZE))).toMatchObject({
      code: 'UNAVAILABLE',
      message: `kustomize "overlays/prod": kubectl kustomize gave no manifests, expected some, got ${got}`,
    })
  })
})

describe('a tool that hangs', () => {
  const pid = async () => Number(await readFile(join(folder, 'pid'), 'utf8').catch(() => Number.NaN))
  const hang = () =>
    tool('kubectl', `require('fs').writeFileSync(${JSON.stringify(join(folder, 'pid'))}, String(process.pid)); setTimeout(() => undefined, 600_000)`)
  const isAlive = async () => {
    try {
      return process.kill(await pid(), 0)
    } catch {
      return false
    }
  }

  test('is killed when its time is over', async () => {
    await hang()
    const clock = new ManualClock()
    const failing = faultOf(openRenderer(host({ clock })).render(KUSTOMIZE))
    await expect.poll(pid).toBeGreaterThan(0)
    await clock.advance(120_000)
    expect(await failing).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringMatching(/got no answer within 120 s$/) })
    await expect.poll(isAlive).toBe(false)
  })

  test.each([{ whose: 'the host' }, { whose: 'the caller' }])('is killed when the signal of $whose is aborted, whose reason is thrown', async ({ whose }) => {
    await hang()
    const [stop, reason] = [new AbortController(), new Error('stopped')]
    const renderer = openRenderer(host(whose === 'the host' ? { signal: stop.signal } : {}))
    const failing = renderer.render(KUSTOMIZE, { signal: whose === 'the caller' ? stop.signal : new AbortController().signal }).catch((error: unknown) => error)
    await expect.poll(pid).toBeGreaterThan(0)
    stop.abort(reason)
    expect(await failing).toBe(reason)
    await expect.poll(isAlive).toBe(false)
  })

  test('is not even looked for once the signal is aborted', async () => {
    const reason = new Error('stopped')
    const renderer = openRenderer(host({ workspace: join(folder, 'nowhere') }))
    await expect(renderer.render(KUSTOMIZE, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })
})
