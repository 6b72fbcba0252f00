import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** A server that keeps what was written to it: what it has done, and what was answered, are two things. */
export interface Stage {
  readonly url: string
  /** The bodies of writes, in the order the server did them. */
  readonly done: readonly string[]
  /** Sends a line to whoever watches. */
  tell(line: string): void
  /** Resolves once somebody watches. */
  readonly watched: Promise<void>
  close(): Promise<void>
}

/** Serves on loopback: PUT keeps its body, GET answers all of them, GET with `watch=true` stays open for lines. */
export async function openStage(): Promise<Stage> {
  const done: string[] = []
  const watchers: ServerResponse[] = []
  const watched = Promise.withResolvers<void>()
  const server = createServer((incoming, answer) => {
    if (incoming.url?.includes('watch=true') === true) {
      answer.writeHead(200).flushHeaders()
      watchers.push(answer)
      return watched.resolve()
    }
    void keep(incoming, answer)
  })
  const keep = async (incoming: IncomingMessage, answer: ServerResponse) => {
    const body = await text(incoming)
    if (incoming.method !== 'GET') done.push(body)
    answer.writeHead(200, { 'x-seen': incoming.headers.authorization ?? 'nobody' }).end(JSON.stringify(done))
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    done,
    tell: (line) => watchers.forEach((watcher) => watcher.write(`${line}\n`)),
    watched: watched.promise,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** What became of one request. */
export interface Heard {
  readonly status?: number
  readonly headers?: IncomingMessage['headers']
  readonly body: string
  /** Whether the answer came whole. */
  readonly whole: boolean
}

/** A request that can be given up. */
export interface Asking {
  readonly heard: Promise<Heard>
  /** What has come of the body so far. */
  readonly body: () => string
  giveUp(): void
}

/** Asks over a connection of its own, and never rejects. */
export function ask(
  url: string,
  { method = 'GET', body = '', headers = {} }: { method?: string; body?: string; headers?: Record<string, string> } = {},
): Asking {
  let words = ''
  const heard = Promise.withResolvers<Heard>()
  const outgoing = request(url, { method, headers, agent: false }, (response) => {
    response.on('data', (part: Buffer) => (words += part.toString()))
    response.on('error', () => {})
    response.on('close', () => heard.resolve({ status: response.statusCode ?? 0, headers: response.headers, body: words, whole: response.complete }))
  })
  outgoing.on('error', () => heard.resolve({ body: words, whole: false }))
  outgoing.end(body)
  return { heard: heard.promise, body: () => words, giveUp: () => outgoing.destroy() }
}
