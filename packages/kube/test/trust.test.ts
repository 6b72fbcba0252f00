import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createServer as createHttp, type Server } from 'node:http'
import { connect, createServer, type AddressInfo } from 'node:net'
import { makeAuthority } from './certificates.ts'
import { json, startServer } from './scripted-server.ts'
import { kubeconfig, testHost } from './test-host.ts'
import { authority, base64, faultOf, FOUND, openVisiting } from './visiting.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

const here = openVisiting()

const stranger = makeAuthority('a stranger')

describe('trust', () => {
  test.each([
    { name: 'another authority', tls: () => stranger.issue('api'), more: {}, code: 'ENVIRONMENT_MISSING' },
    { name: 'an expired certificate', tls: () => authority.issue('api', { days: -1 }), more: {}, code: 'ENVIRONMENT_MISSING' },
    { name: 'another name', tls: () => authority.issue('api', { names: 'DNS:api.example.invalid' }), more: {}, code: 'ENVIRONMENT_MISSING' },
  ])('ends with $name: no token is sent', async ({ tls, more, code }) => {
    const impostor = await startServer(tls())
    const text = kubeconfig({ ...here.trusted(), server: impostor.url, ...more })
    expect(await faultOf(here.visit({ kubeconfig: text }))).toMatchObject({ code, message: expect.stringContaining('is not trusted') })
    expect(impostor.requests).toEqual([])
    await impostor.close()
  })

  test('accepts the name that tls-server-name gives', async () => {
    const named = await startServer(authority.issue('api', { names: 'DNS:api.example.invalid' }))
    named.script(json(FOUND))
    expect(await here.visit({ kubeconfig: kubeconfig({ ...here.trusted(), server: named.url, 'tls-server-name': 'api.example.invalid' }) })).toMatchObject({
      found: FOUND,
    })
    await named.close()
  })

  test.each([
    { name: 'is known by NODE_EXTRA_CA_CERTS', extra: true, printed: 'shop' },
    { name: 'is unknown without it', extra: false, printed: 'ENVIRONMENT_MISSING' },
  ])('in an authority $name', async ({ extra, printed }) => {
    const certificates = await here.write('extra.crt', authority.ca)
    const environment = { PATH: process.env['PATH'], KUBECONFIG: await here.write('bare', kubeconfig({ server: here.server.url })) }
    const words = ['--conditions=source', join(import.meta.dirname, 'visitor.ts')]
    const { stdout } = await promisify(execFile)(process.execPath, words, { env: extra ? { ...environment, NODE_EXTRA_CA_CERTS: certificates } : environment })
    expect(stdout.trim()).toBe(printed)
    expect(here.server.requests).toHaveLength(extra ? 1 : 0)
  })

  test('does not fall back to the clear, or from it', async () => {
    const clear = await startServer()
    expect(await faultOf(here.visit({ kubeconfig: kubeconfig({ ...here.trusted(), server: clear.url.replace('http:', 'https:') }) }))).toMatchObject({
      code: 'ENVIRONMENT_MISSING',
    })
    expect(clear.requests).toEqual([])
    await clear.close()
  })
})

describe('proxies', () => {
  let proxy: Server
  let address: string
  const tunnels: string[] = []
  beforeAll(async () => {
    proxy = createHttp((_request, response) => void response.writeHead(502).end())
    proxy.on('connect', (request, socket, head) => {
      tunnels.push(`${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim())
      const [host = '', port = ''] = (request.url ?? '').split(':')
      const upstream = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
        upstream.write(head)
        upstream.pipe(socket).pipe(upstream)
      })
      upstream.on('error', () => socket.destroy())
      socket.on('error', () => upstream.destroy())
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  })
  afterAll(() => void proxy.close())
  beforeEach(() => void (tunnels.length = 0))

  test('are gone through by HTTPS_PROXY', async () => {
    await here.visit({ kubeconfig: kubeconfig(here.trusted()) }, testHost({ environment: { HTTPS_PROXY: address } }))
    expect(tunnels).toEqual([`127.0.0.1:${here.server.port}`])
  })

  test('are left aside by NO_PROXY', async () => {
    await here.visit({ kubeconfig: kubeconfig(here.trusted()) }, testHost({ environment: { https_proxy: address, NO_PROXY: '127.0.0.1' } }))
    expect(tunnels).toEqual([])
  })

  test('of a kubeconfig come before those of the environment, once allowed, with their password', async () => {
    const secret = address.replace('//', '//user:password@')
    const inputs = { kubeconfig: kubeconfig({ ...here.trusted(), 'proxy-url': secret }), allowProxy: address }
    const host = testHost({ environment: { HTTPS_PROXY: 'http://127.0.0.1:1', NO_PROXY: '127.0.0.1' } })
    await here.visit(inputs, host)
    expect(host.masked).toContain('password')
    expect(tunnels).toEqual([`127.0.0.1:${here.server.port} Basic ${base64('user:password')}`])
  })

  test('that are not there make the API server unreachable', async () => {
    const closed = createServer()
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve))
    const { port } = closed.address() as AddressInfo
    await new Promise((resolve) => closed.close(resolve))
    expect(
      await faultOf(here.visit({ kubeconfig: kubeconfig(here.trusted()) }, testHost({ environment: { HTTPS_PROXY: `http://127.0.0.1:${port}` } }))),
    ).toMatchObject({
      code: 'UNAVAILABLE',
    })
  })
})
