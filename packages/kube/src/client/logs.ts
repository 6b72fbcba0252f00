import type { LogRequest, ReadOptions } from '../cluster.ts'
import { knownResourceNamed } from '../known-resources.ts'
import { accessTo, objectPath, type Call } from './call.ts'
import type { Rest } from './rest.ts'
import { ServerFault } from './server-fault.ts'

/** What the kubelet says of a container that has no log: it has not begun, or its previous life has been cleared away. */
const NO_LOG =
  /previous terminated container .* not found|is waiting to start|is not valid for pod|ContainerCreating|PodInitializing|container not found|no logs? (?:is |are )?available/i
const LAST_LINES = 100
const MOST_BYTES = 1024 * 1024

/** Reads the last lines a container wrote; undefined when there is no such log. */
export async function readLogs(rest: Rest, request: LogRequest, options: ReadOptions = {}): Promise<string | undefined> {
  const call = logCall(request, options)
  try {
    return (await rest.read(call)).body
  } catch (error) {
    if (error instanceof ServerFault && (error.code === 'NOT_FOUND' || (error.status === 400 && NO_LOG.test(error.message)))) return undefined
    throw error
  }
}

function logCall({ namespace, pod, container, previous, tailLines = LAST_LINES }: LogRequest, options: ReadOptions): Call {
  const resource = knownResourceNamed('pods')
  if (resource === undefined) throw new TypeError('pods are known')
  const reference = { resource, namespace, name: pod }
  return {
    method: 'GET',
    path: `${objectPath(reference)}/log`,
    query: { container, previous: previous === true ? 'true' : undefined, tailLines: String(tailLines), limitBytes: String(MOST_BYTES) },
    headers: { accept: '*/*' },
    target: `log of container ${container} of Pod "${namespace}/${pod}"`,
    access: accessTo('get', reference, 'log'),
    signal: options.signal,
  }
}
