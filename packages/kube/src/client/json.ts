import { Fault, type HttpResponse } from '@fairlead/base'
import type { KubeObject } from '../object.ts'
import type { Call } from './call.ts'
import type { Rest } from './rest.ts'

/** Reads a document of the API server. */
export async function readJson(rest: Rest, call: Call): Promise<unknown> {
  return parseJson(await rest.read(call), call)
}

/** Reads an answer as JSON. What is none comes from something else than an API server: a login page, a proxy. */
export function parseJson({ body, headers }: HttpResponse, call: Call): unknown {
  try {
    return JSON.parse(body)
  } catch {
    // The parser's message quotes the body, which may be a Secret.
    const got = headers['content-type'] ?? 'an answer without a type'
    throw new Fault('UNSUPPORTED', `${call.target}: this is no answer of an API server, expected JSON, got ${got}`, {
      hint: 'Check the server address of the kubeconfig, and whether a proxy answers in its place.',
    })
  }
}

/** Reads an answer as one object. */
export function parseObject(response: HttpResponse, call: Call): KubeObject {
  return parseJson(response, call) as KubeObject
}
