import { createServer, request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { AddressInfo } from 'node:net'

/** A proxy before the API server that a bundle speaks plain HTTP to, so that its requests can be counted. */
export interface ApiProxy {
  readonly url: string
  /** `GET /api/v1/pods?watch=true`, in order. */
  readonly requests: readonly string[]
  close(): Promise<void>
}

/** Puts a proxy before an API server. Headers, the Authorization among them, pass through untouched. */
export async function proxyApi(server: string, authority: string): Promise<ApiProxy> {
  const requests: string[] = []
  const target = new URL(server)
  const send = target.protocol === 'http:' ? httpRequest : httpsRequest
  const proxy = createServer((incoming, answer) => {
    requests.push(`${incoming.method} ${decodeURIComponent(incoming.url ?? '')}`)
    const outgoing = send(
      new URL(incoming.url ?? '/', target),
      { method: incoming.method, headers: { ...incoming.headers, host: target.host }, ca: Buffer.from(authority, 'base64').toString() },
      (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers)
        response.pipe(answer)
      },
    )
    outgoing.on('error', () => answer.destroy())
    answer.on('close', () => outgoing.destroy())
    incoming.pipe(outgoing)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        proxy.closeAllConnections()
        proxy.close(() => resolve())
      }),
  }
}
