import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { openTransport, RequestFault } from '../src/index.ts'

const servers: Server[] = []
const transport = openTransport()

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve)))))
})

async function serve(listener: RequestListener): Promise<URL> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/path?token=secret`)
}

describe('request', () => {
  test('answers status, headers and body', async () => {
    const url = await serve((_, response) => response.writeHead(404, { 'x-kind': 'test' }).end('nothing here'))
    expect(await transport.request({ url, timeout: 1_000 })).toMatchObject({ status: 404, headers: { 'x-kind': 'test' }, body: 'nothing here' })
  })

  test('does not follow a redirect', async () => {
    const url = await serve((_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end())
    expect(await transport.request({ url, timeout: 1_000 })).toMatchObject({ status: 302 })
  })

  test('says that nothing was sent when nobody listens, and keeps the query out of the message', async () => {
    const fault = await transport.request({ url: new URL('http://user:pass@127.0.0.1:1/x?token=secret'), timeout: 1_000 }).catch((error: unknown) => error)
    expect(fault).toBeInstanceOf(RequestFault)
    expect(fault).toMatchObject({ code: 'UNAVAILABLE', sent: false, message: 'http://127.0.0.1:1/x could not be reached: connect ECONNREFUSED 127.0.0.1:1' })
  })

  test('says that the server may have acted when the connection dies after the request', async () => {
    const url = await serve((request) => request.socket.destroy())
    expect(await transport.request({ url, timeout: 1_000 }).catch((error: unknown) => error)).toMatchObject({ code: 'UNAVAILABLE', sent: true })
  })

  test('says so when the answer breaks off in the middle', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half')
      setImmediate(() => response.destroy())
    })
    expect(await transport.request({ url, timeout: 1_000 }).catch((error: unknown) => error)).toMatchObject({ code: 'UNAVAILABLE', sent: true })
  })

  test('gives up at the timeout', async () => {
    const url = await serve(() => undefined)
    const fault = await transport.request({ url, timeout: 30 }).catch((error: unknown) => error)
    expect(fault).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('no answer within 30 ms') })
  })

  test('gives up at the timeout when only the head comes', async () => {
    const url = await serve((_, response) => response.writeHead(200).flushHeaders())
    expect(await transport.request({ url, timeout: 60 }).catch((error: unknown) => error)).toMatchObject({
      code: 'UNAVAILABLE',
      timedOut: true,
      message: expect.stringContaining('no answer within 60 ms'),
    })
  })

  test('refuses more bytes than the limit', async () => {
    const url = await serve((_, response) => response.end('x'.repeat(1_000)))
    expect(await transport.request({ url, timeout: 1_000, limit: 999 }).catch((error: unknown) => error)).toMatchObject({
      message: expect.stringContaining('more than 999 bytes'),
      tooLong: true,
    })
  })

  test('ends with the reason of the signal', async () => {
    const url = await serve(() => undefined)
    const controller = new AbortController()
    const reason = new Error('stop')
    const result = transport.request({ url, timeout: 1_000, signal: controller.signal })
    setImmediate(() => controller.abort(reason))
    await expect(result).rejects.toBe(reason)
  })

  test('goes through the proxy of the environment, and past it where NO_PROXY says so', async () => {
    const seen: string[] = []
    const proxy = await serve((request, response) => (seen.push(request.url ?? ''), response.end('by proxy')))
    const url = await serve((_, response) => response.end('direct'))
    const through = openTransport({ environment: { HTTP_PROXY: proxy.origin } })
    expect((await through.request({ url, timeout: 1_000 })).body).toBe('by proxy')
    expect(seen).toEqual([url.href])
    const past = openTransport({ environment: { HTTP_PROXY: proxy.origin, NO_PROXY: '127.0.0.1' } })
    expect((await past.request({ url, timeout: 1_000 })).body).toBe('direct')
    through.close()
    past.close()
  })
})

describe('a forbidden address', () => {
  const guarded = openTransport({ forbid: (address) => (address.startsWith('127.') || address === '::1' ? `${address} is this machine` : undefined) })

  test.each(['127.0.0.1', 'localhost', '[::1]', '2130706433'])('is not connected to as %s', async (host) => {
    let asked = 0
    const { port } = await serve((_, response) => response.end(String((asked += 1))))
    const fault = await guarded.request({ url: new URL(`http://${host}:${port}/`), timeout: 1_000 }).catch((error: unknown) => error)
    expect(fault).toMatchObject({ code: 'ENVIRONMENT_MISSING', message: expect.stringMatching(/may not be asked: (127.0.0.1|::1) is this machine/) })
    expect(asked).toBe(0)
  })
})

describe('stream', () => {
  test('gives the bytes as they come and ends with the server', async () => {
    const url = await serve((_, response) => {
      response.write('one')
      setTimeout(() => response.end('two'), 20)
    })
    const { chunks } = await transport.stream({ url, timeout: 1_000 })
    const parts: string[] = []
    for await (const chunk of chunks) parts.push(Buffer.from(chunk).toString())
    expect(parts).toEqual(['one', 'two'])
  })

  test('lasts longer than the timeout of its head', async () => {
    const url = await serve((_, response) => {
      response.write('one')
      setTimeout(() => response.end('two'), 120)
    })
    const { chunks } = await transport.stream({ url, timeout: 60 })
    let text = ''
    for await (const chunk of chunks) text += Buffer.from(chunk).toString()
    expect(text).toBe('onetwo')
  })
})
