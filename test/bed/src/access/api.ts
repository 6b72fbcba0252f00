import { readFile } from 'node:fs/promises'
import { request } from 'node:https'
import { addresses, bedPaths } from '../machine/layout.ts'
import { readCredentials } from './credentials.ts'
import { join } from 'node:path'

/** Reads from the bed's API server as its administrator. For starting the bed only; works only inside its network. */
export interface Api {
  /** The body of a successful GET; rejects on any other status with that status and the server's words. */
  get(path: string): Promise<string>
}

/** The API of the bed in that folder, with the authority and the token that lie there. */
export async function bedApi(folder: string): Promise<Api> {
  const ca = await readFile(join(bedPaths(folder).certificates, 'ca.crt'))
  const { tokens } = await readCredentials(folder)
  const headers = { authorization: `Bearer ${tokens.admin}` }
  return { get: (path) => get(path, { ca, headers, timeout: 5000 }) }
}

function get(path: string, options: { readonly ca: Buffer; readonly headers: Record<string, string>; readonly timeout: number }): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, addresses.api), options, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        body += text
      })
      response.on('error', reject)
      response.on('end', () => {
        if (response.statusCode === 200) resolve(body)
        else reject(new Error(`GET ${path}: ${response.statusCode} ${body.slice(0, 300)}`))
      })
    })
    sent.on('timeout', () => sent.destroy(new Error(`GET ${path}: no answer in ${options.timeout} ms`)))
    sent.on('error', reject)
    sent.end()
  })
}
