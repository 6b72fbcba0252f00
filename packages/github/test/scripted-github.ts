import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** A request as the server saw it. */
export interface SeenRequest {
  /** As the request line had it: a path, or a whole URL where we are a proxy. */
  readonly target: string
  readonly method: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

export type Answer = (request: SeenRequest, response: ServerResponse, raw: IncomingMessage) => void

/** A server on loopback that answers by script: each request takes the next answer, the last one stays. */
export interface ScriptedGitHub {
  readonly url: string
  readonly requests: SeenRequest[]
  script(...answers: readonly Answer[]): void
  close(): Promise<void>
}

export async function startGitHub(): Promise<ScriptedGitHub> {
  const requests: SeenRequest[] = []
  const sockets = new Set<Socket>()
  let answers: readonly Answer[] = [json({ message: 'not scripted' }, 500)]
  const server = createServer((raw, response) => {
    const request = { target: raw.url ?? '', method: raw.method ?? '', headers: raw.headers }
    requests.push(request)
    const [answer, ...rest] = answers
    if (rest.length > 0) answers = rest
    answer?.(request, response, raw)
  })
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    script: (...next) => (answers = next),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

/** Answers JSON, as GitHub does. */
export function json(value: unknown, code = 200, headers: Readonly<Record<string, string>> = {}): Answer {
  return (_request, response) => void response.writeHead(code, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(JSON.stringify(value))
}

/** Answers something that is not JSON, as what stands between does. */
export function page(text: string, code = 200): Answer {
  return (_request, response) => void response.writeHead(code, { 'content-type': 'text/html' }).end(text)
}

export function redirect(location: string, code = 301): Answer {
  return (_request, response) => void response.writeHead(code, { location }).end()
}

/** Takes the request and breaks the connection: the reply is lost. */
export const loseReply: Answer = (_request, _response, raw) => void raw.socket.destroy()

/** Takes the request and says nothing. */
export const silence: Answer = () => undefined
