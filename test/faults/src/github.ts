import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What is asked of GitHub about runs, answered on loopback. */
export interface RunRegistry {
  /** For `GITHUB_API_URL`. */
  readonly url: string
  /** `/repos/acme/shop/actions/runs/7/attempts/1`, in order. */
  readonly requests: readonly string[]
  close(): Promise<void>
}

/** Says of a run whether it is over, by its number. */
export type Ended = (run: number) => boolean

/** Answers `GET /repos/{owner}/{name}/actions/runs/{id}/attempts/{n}` and `.../jobs` of it as GitHub does, as far as liveness goes. */
export async function serveRuns(ended: Ended): Promise<RunRegistry> {
  const requests: string[] = []
  const server = createServer(({ url = '' }, answer) => {
    requests.push(url)
    const match = /^\/repos\/[^/]+\/[^/]+\/actions\/runs\/(\d+)(?:\/attempts\/(\d+))?(?:\?.*)?$/.exec(url)
    if (match === null) return void answer.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"Not Found","status":"404"}')
    const [id, attempt] = [Number(match[1]), Number(match[2] ?? 1)]
    const over = ended(id)
    const body = { id, run_attempt: attempt, status: over ? 'completed' : 'in_progress', conclusion: over ? 'cancelled' : null }
    answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
