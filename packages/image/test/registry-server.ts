import { createHash } from 'node:crypto'
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttps, type ServerOptions } from 'node:https'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** A request as the server saw it. */
export interface SeenRequest {
  /** `HEAD /v2/shop/manifests/1`, without the query. */
  readonly line: string
  readonly query: Readonly<Record<string, string>>
  readonly authorization: string | undefined
  readonly accept: string | undefined
  readonly body: string
}

export interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

export type Answering = (request: SeenRequest) => Reply | 'hang up' | 'silence'

/** A server on loopback. */
export interface RegistryServer {
  /** `127.0.0.1:40123`, as it stands in a reference. */
  readonly host: string
  readonly port: number
  readonly requests: SeenRequest[]
  /** What was asked, one line each. */
  lines(): readonly string[]
  readonly close: () => Promise<void>
}

export async function startRegistry(answering: Answering, tls?: ServerOptions): Promise<RegistryServer> {
  const requests: SeenRequest[] = []
  const listen = async (raw: IncomingMessage, response: ServerResponse) => {
    const request = await see(raw)
    requests.push(request)
    const reply = answering(request)
    if (reply === 'hang up') raw.socket.destroy()
    else if (reply !== 'silence') response.writeHead(reply.status ?? 200, reply.headers).end(reply.body)
  }
  const handle = (raw: IncomingMessage, response: ServerResponse) => void listen(raw, response)
  const server = tls === undefined ? createHttp(handle) : createHttps(tls, handle)
  return { ...(await open(server)), requests, lines: () => requests.map(({ line }) => line) }
}

/** A proxy that leads host names to servers on loopback: for names that exist nowhere else. */
export async function startProxy(
  ports: Readonly<Record<string, number>>,
): Promise<{ readonly url: string; readonly asked: string[]; readonly close: () => Promise<void> }> {
  const asked: string[] = []
  const server = createHttp((raw, response) => {
    asked.push(`${raw.method} ${raw.url}`)
    response.writeHead(502).end()
  })
  server.on('connect', (raw: IncomingMessage, socket: Socket) => {
    asked.push(`CONNECT ${raw.url}`)
    const port = ports[raw.url ?? '']
    if (port === undefined) return socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      onward.pipe(socket).pipe(onward)
    })
    for (const end of [onward, socket]) end.on('error', () => (onward.destroy(), socket.destroy()))
  })
  const { host, close } = await open(server)
  return { url: `http://${host}`, asked, close }
}

/** A server of TLS that answers 400 to plain HTTP, as those written in Go do: looks at the first byte, and leads on to one or the other. */
export async function startSwitch(secure: number): Promise<{ readonly host: string; readonly close: () => Promise<void> }> {
  const plain = await startRegistry(() => ({ status: 400, body: 'Client sent an HTTP request to an HTTPS server.' }))
  const server = createServer((socket) => {
    socket.once('data', (first) => {
      const onward = connect(first[0] === TLS_HANDSHAKE ? secure : plain.port, '127.0.0.1')
      onward.write(first)
      onward.pipe(socket).pipe(onward)
      for (const end of [onward, socket]) end.on('error', () => (onward.destroy(), socket.destroy()))
    })
  })
  const { host, close } = await open(server)
  return { host, close: async () => void (await Promise.all([close(), plain.close()])) }
}

const TLS_HANDSHAKE = 0x16

/** The digest of bytes. */
export function digestOf(content: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`
}

/** An error as registries word it. */
export function registryError(status: number, code: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ errors: [{ code, message: `words about ${code}` }] }) }
}

async function see(raw: IncomingMessage): Promise<SeenRequest> {
  const parts: Buffer[] = []
  for await (const chunk of raw) parts.push(chunk as Buffer)
  const url = new URL(raw.url ?? '/', 'http://loopback')
  const { authorization, accept } = raw.headers
  const query = Object.fromEntries(url.searchParams)
  return { line: `${raw.method} ${url.pathname}`, query, authorization, accept, body: Buffer.concat(parts).toString() }
}

async function open(server: Server): Promise<{ readonly host: string; readonly port: number; readonly close: () => Promise<void> }> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    host: `127.0.0.1:${port}`,
    port,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
