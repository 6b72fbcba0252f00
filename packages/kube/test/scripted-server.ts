import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttps, type ServerOptions } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'

/** A request as the server saw it. */
export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly search: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

export type Answer = (request: SeenRequest, response: ServerResponse, raw: IncomingMessage) => void | Promise<void>

/** A server on loopback that answers by script: each request takes the next answer, the last one stays. */
export interface ScriptedServer {
  readonly url: string
  readonly port: number
  readonly requests: SeenRequest[]
  script(...answers: readonly Answer[]): void
  close(): Promise<void>
}

export async function startServer(tls?: ServerOptions): Promise<ScriptedServer> {
  const requests: SeenRequest[] = []
  let answers: readonly Answer[] = [status(404, 'NotFound', 'not scripted')]
  const sockets = new Set<Socket>()
  const listen = async (raw: IncomingMessage, response: ServerResponse) => {
    const parts: Buffer[] = []
    for await (const chunk of raw) parts.push(chunk as Buffer)
    const url = new URL(raw.url ?? '/', 'http://loopback')
    const request = {
      method: raw.method ?? '',
      path: url.pathname,
      search: url.search,
      query: Object.fromEntries(url.searchParams),
      headers: raw.headers,
      body: Buffer.concat(parts).toString(),
    }
    requests.push(request)
    const [answer, ...rest] = answers
    if (rest.length > 0) answers = rest
    await answer?.(request, response, raw)
  }
  const handle = (raw: IncomingMessage, response: ServerResponse) => void listen(raw, response)
  const server = tls === undefined ? createHttp(handle) : createHttps(tls, handle)
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    requests,
    script: (...next) => (answers = next),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

/** Answers JSON. */
export function json(value: unknown, code = 200): Answer {
  return (_request, response) => {
    response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  }
}

/** Answers a Status. */
export function status(
  code: number,
  reason: string,
  words: string | { readonly message: string; readonly details?: unknown; readonly headers?: Readonly<Record<string, string>> },
): Answer {
  const { message, details, headers } = typeof words === 'string' ? { message: words, details: undefined, headers: {} } : words
  return (_request, response) => {
    const body = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message, ...(details === undefined ? {} : { details }) }
    response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
  }
}

/** Takes the request and breaks the connection: the reply is lost. */
export const loseReply: Answer = (_request, _response, raw) => void raw.socket.destroy()

/** Begins a stream, writes these pieces one by one and ends it, breaks it, or leaves it open in silence. */
export function stream(pieces: readonly (string | Uint8Array)[], end: 'end' | 'break' | 'silence' = 'end'): Answer {
  return async (_request, response, raw) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.flushHeaders()
    for (const piece of pieces) {
      await new Promise<void>((resolve) => response.write(piece, () => resolve()))
      await new Promise((resolve) => setImmediate(resolve))
    }
    if (end === 'end') response.end()
    if (end === 'break') raw.socket.destroy()
  }
}

/** What requests were made, one word each: `GET /api/v1/pods`. */
export function lines(requests: readonly SeenRequest[]): string[] {
  return requests.map(({ method, path }) => `${method} ${path}`)
}
