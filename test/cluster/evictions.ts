import { request } from 'node:https'
import type { Endpoint } from './cluster.ts'

/** The API server as an account that takes Pods from nodes sees it. */
export interface Evictor {
  /** Asks for a Pod to be evicted; `dryRun` only asks what would be answered. Answers the status and the server's words. */
  evict(namespace: string, pod: string, options?: { readonly dryRun: boolean }): Promise<{ readonly status: number; readonly message: string }>
  /** Reads a collection or an object. */
  read<T>(path: string): Promise<T>
}

/** Evicts by the eviction API, as `kubectl drain` does. */
export function evictorAt({ server, authority }: Endpoint, token: string): Evictor {
  const ask = (method: string, path: string, body?: object) =>
    new Promise<{ readonly status: number; readonly text: string }>((done, fail) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const asked = request(new URL(path, server), { method, headers, ca: Buffer.from(authority, 'base64') }, (answer) => {
        let text = ''
        answer.on('data', (chunk: Buffer) => (text += chunk.toString()))
        answer.on('end', () => done({ status: answer.statusCode ?? 0, text }))
      })
      asked.on('error', fail)
      asked.end(body === undefined ? undefined : JSON.stringify(body))
    })
  return {
    async evict(namespace, pod, { dryRun } = { dryRun: false }) {
      const path = `/api/v1/namespaces/${namespace}/pods/${pod}/eviction${dryRun ? '?dryRun=All' : ''}`
      const { status, text } = await ask('POST', path, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod, namespace } })
      return { status, message: (JSON.parse(text) as { readonly message?: string }).message ?? '' }
    },
    async read<T>(path: string) {
      return JSON.parse((await ask('GET', path)).text) as T
    },
  }
}
