import { isFault, type Fault, type Host } from '@fairlead/base'
import type { ClusterInputs } from '@fairlead/kube'
import { connectCluster, type ClusterOptions } from '@fairlead/kube/client'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { makeAuthority } from './certificates.ts'
import { startServer, type ScriptedServer } from './scripted-server.ts'
import { NO_INPUTS, testHost } from './test-host.ts'

export const NAMESPACE = { resource: { apiVersion: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false }, name: 'shop' }
export const FOUND = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }
export const authority = makeAuthority('the right authority')
export const base64 = (text: string) => Buffer.from(text).toString('base64')

/** An API server with one object, and somebody who comes to read it. */
export interface Visiting {
  readonly server: ScriptedServer
  readonly folder: string
  /** The name in the client's certificate, when it is one of the authority's. */
  readonly subject: string | undefined
  /** The server with the authority that vouches for it, as a kubeconfig has it. */
  trusted(): Readonly<Record<string, unknown>>
  /** Connects, reads the object, and answers it with the last Authorization header. */
  visit(inputs: Partial<ClusterInputs>, host?: Host, options?: ClusterOptions): Promise<Visit>
  /** Writes a file that only we may read. */
  write(name: string, text: string): Promise<string>
}

export interface Visit {
  readonly found: unknown
  readonly namespace: string
  readonly authorization: string | string[] | undefined
}

/** Opens the ground for a file of tests and cleans up after it. */
export function openVisiting(): Visiting {
  const state: { server?: ScriptedServer; folder: string; subject: string | undefined } = { folder: '', subject: undefined }
  const server = () => {
    if (state.server === undefined) throw new Error('not open yet')
    return state.server
  }
  beforeAll(async () => {
    state.folder = await mkdtemp(join(tmpdir(), 'credentials-'))
    state.server = await startServer({ ...authority.issue('api'), ca: authority.ca, requestCert: true, rejectUnauthorized: false })
  })
  afterAll(async () => {
    await server().close()
    await rm(state.folder, { recursive: true })
  })
  beforeEach(() => {
    server().requests.length = 0
    state.subject = undefined
    server().script((_request, response, raw) => {
      const socket = raw.socket as TLSSocket
      state.subject = socket.authorized ? String(socket.getPeerCertificate().subject?.CN) : undefined
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(FOUND))
    })
  })
  return {
    get server() {
      return server()
    },
    get folder() {
      return state.folder
    },
    get subject() {
      return state.subject
    },
    trusted: () => ({ server: server().url, 'certificate-authority-data': base64(authority.ca) }),
    async visit(inputs, host = testHost(), options = {}) {
      const cluster = await connectCluster({ ...NO_INPUTS, ...inputs }, host, { readDeadline: 0, ...options })
      try {
        const found = await cluster.get(NAMESPACE)
        return { found, namespace: cluster.namespace, authorization: server().requests.at(-1)?.headers['authorization'] }
      } finally {
        cluster.close()
      }
    },
    async write(name, text) {
      const path = join(state.folder, name)
      await writeFile(path, text, { mode: 0o600 })
      return path
    },
  }
}

/** The Fault that something ends with; anything else is thrown. */
export async function faultOf(promise: Promise<unknown>): Promise<Fault> {
  const error = await promise.then(
    () => new Error('expected a Fault'),
    (thrown: unknown) => thrown,
  )
  if (!isFault(error)) throw error
  return error
}
