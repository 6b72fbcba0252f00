import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { silent } from '../src/index.ts'
import { obtainShop } from '../src/binaries/programs.ts'
import { until } from '../src/machine/until.ts'

// The sample application's switches, on loopback. Here and not among the quick tests because its program needs Go.
let program = ''
beforeAll(async () => {
  program = await obtainShop(process.env, silent)
})

interface Shop {
  readonly child: ChildProcess
  readonly log: () => string
  readonly get: (path: string) => Promise<{ readonly status: number; readonly text: string; readonly headers: Headers }>
  readonly end: Promise<number | null>
}

const running: ChildProcess[] = []
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})

async function start(switches: Readonly<Record<string, string>>): Promise<Shop> {
  const port = await freePort()
  const child = spawn(program, [], { env: { ADDRESS: `127.0.0.1:${port}`, VERSION: '7', SLOT: 'green', POD_NAME: 'shop-a', ...switches } })
  running.push(child)
  let log = ''
  child.stderr?.on('data', (text) => {
    log += String(text)
  })
  const end = new Promise<number | null>((resolve) => child.once('close', resolve))
  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: 'close' } })
    return { status: response.status, text: await response.text(), headers: response.headers }
  }
  await until({ what: 'the shop to listen or to end', seconds: 5 }, async () => child.exitCode !== null || log.includes('listening'))
  return { child, log: () => log, get, end }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

describe('the sample application', () => {
  test('says who it is in body and header', async () => {
    const shop = await start({ GREETING: 'Hello' })
    const { status, text, headers } = await shop.get('/')
    expect({ status, text, who: ['x-version', 'x-slot', 'x-pod'].map((name) => headers.get(name)) }).toEqual({
      status: 200,
      text: 'Hello version=7 slot=green pod=shop-a\n',
      who: ['7', 'green', 'shop-a'],
    })
    expect([(await shop.get('/healthz')).status, (await shop.get('/ready')).status, (await shop.get('/absent')).status]).toEqual([200, 200, 404])
  })

  test.each([
    ['LIE', 'true', { '/ready': 200, '/': 500 }],
    ['FAIL_SHARE', '1', { '/ready': 200, '/': 500 }],
    ['READY_AFTER', '1h', { '/healthz': 200, '/ready': 503, '/': 200 }],
  ])('%s=%s answers %o', async (name, value, expected) => {
    const shop = await start({ [name]: value })
    const answers = await Promise.all(Object.keys(expected).map(async (path) => [path, (await shop.get(path)).status]))
    expect(Object.fromEntries(answers)).toEqual(expected)
  })

  test('FLAP alternates readiness', async () => {
    const shop = await start({ FLAP: '300ms' })
    const seen = new Set<number>()
    for (let asked = 0; asked < 12; asked += 1) {
      seen.add((await shop.get('/ready')).status)
      await sleep(60)
    }
    expect(seen).toEqual(new Set([200, 503]))
  })

  test('DELAY and /slow take their time', async () => {
    const shop = await start({ DELAY: '200ms' })
    for (const path of ['/', '/slow?for=200ms']) {
      const before = performance.now()
      expect((await shop.get(path)).status).toBe(200)
      expect(performance.now() - before).toBeGreaterThan(190)
    }
  })

  test.each([
    [{}, 1, 'panic: cannot open database: dial tcp 10.0.0.9:5432: connect: connection refused'],
    [{ CRASH_MESSAGE: 'out of luck', EXIT_CODE: '3' }, 3, 'out of luck'],
  ])('CRASH_AFTER with %o ends with %i and says why', async (switches, code, words) => {
    const shop = await start({ CRASH_AFTER: '100ms', ...switches })
    expect(await shop.end).toBe(code)
    expect(shop.log()).toContain(words)
  })

  test('CONFIG is read anew for each answer', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'shop-'))
    const file = join(folder, 'greeting')
    await writeFile(file, 'One\n')
    const shop = await start({ CONFIG: file })
    expect((await shop.get('/')).text).toMatch(/^One version/)
    await writeFile(file, 'Two\n')
    expect((await shop.get('/')).text).toMatch(/^Two version/)
    await rm(folder, { recursive: true })
  })

  test('at SIGTERM it serves on for STOP_AFTER, finishes what is in flight, closes streams and ends well', async () => {
    const shop = await start({ STOP_AFTER: '300ms' })
    const [slow, stream] = [shop.get('/slow?for=800ms'), shop.get('/stream')]
    await sleep(50)
    shop.child.kill('SIGTERM')
    await sleep(50)
    expect((await shop.get('/')).status).toBe(200)
    await sleep(400)
    await expect(shop.get('/')).rejects.toThrow('fetch failed')
    expect((await slow).text).toMatch(/^that took 800ms version=7/)
    expect((await stream).text).toMatch(/^line 1 version=7[^]*\nend\n$/)
    expect(await shop.end).toBe(0)
  })

  test('IGNORE_SIGTERM serves on until it is killed', async () => {
    const shop = await start({ IGNORE_SIGTERM: 'true' })
    shop.child.kill('SIGTERM')
    await until({ what: 'the log to say so', seconds: 5 }, async () => shop.log().includes('SIGTERM ignored'))
    expect((await shop.get('/')).status).toBe(200)
  })

  test('refuses wrong switches, all of them at once', async () => {
    const shop = await start({ LIE: 'maybe', FLAP: '5', FAIL_SHARE: '2' })
    expect(await shop.end).toBe(2)
    expect(shop.log().replace(/^[\d:]+ /gm, '')).toBe(
      [
        'LIE: expected true or false, got "maybe"',
        'FLAP: expected a duration such as 500ms or 5s, got "5"',
        'FAIL_SHARE: expected a number from 0 to 1, got "2"',
        '',
      ].join('\n'),
    )
  })
})
