import { Agent, request } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'

/** Whose Service is looked at, and how. */
export interface SamplerOptions {
  readonly server: string
  /** PEM. */
  readonly authority: string
  readonly token: string
  readonly namespace: string
  readonly service: string
  /** The label whose values are slots. */
  readonly slotLabel: string
  /** Milliseconds from one look to the next; 50 by default. */
  readonly every?: number
}

/** Something that must never be seen. */
export interface Complaint {
  readonly what: 'no ready Pod' | 'two slots'
  /** Unix milliseconds. */
  readonly at: number
  /** The selector, and each Pod it selects with whether it is ready. */
  readonly seen: string
}

/** What was seen in all. */
export interface Account {
  readonly looks: number
  /** Looks that the API server did not answer. */
  readonly unseen: number
  readonly complaints: readonly Complaint[]
  /** Which slot the Service selected, one entry for each change; empty text for none. */
  readonly served: readonly { readonly at: number; readonly slot: string }[]
}

interface Noted extends Account {
  looks: number
  unseen: number
  readonly complaints: Complaint[]
  readonly served: { readonly at: number; readonly slot: string }[]
}

/** A look every few milliseconds until it is stopped. */
export interface Sampler {
  stop(): Promise<Account>
}

/**
 * Looks at a Service beside everything else, with nothing of the bundles' code: its selector, then the Pods that it selects. It always
 * must select a ready one, and ready ones of one slot only. Reads bypass every proxy.
 */
export function sampleService(options: SamplerOptions): Sampler {
  const { every = 50 } = options
  const reader = readerOf(options)
  const account: Noted = { looks: 0, unseen: 0, complaints: [], served: [] }
  const over = new AbortController()
  const looking = (async () => {
    while (!over.signal.aborted) {
      const due = performance.now() + every
      await look(options, reader, account)
      await sleep(Math.max(0, due - performance.now()))
    }
  })()
  return {
    stop: async () => {
      over.abort()
      await looking
      reader.close()
      return account
    },
  }
}

async function look({ namespace, service, slotLabel }: SamplerOptions, reader: Reader, account: Noted): Promise<void> {
  account.looks += 1
  try {
    const { spec } = (await reader.read(`/api/v1/namespaces/${namespace}/services/${service}`)) as { readonly spec: { readonly selector?: Labels } }
    const slot = spec.selector?.[slotLabel] ?? ''
    if (account.served.at(-1)?.slot !== slot) account.served.push({ at: Date.now(), slot })
    const selector = Object.entries(spec.selector ?? {}).map(([key, value]) => `${key}=${value}`)
    const query = encodeURIComponent(selector.join(','))
    const { items } = (await reader.read(`/api/v1/namespaces/${namespace}/pods?labelSelector=${query}`)) as { readonly items: readonly Pod[] }
    const what = complaintOf(items, slotLabel)
    if (what !== undefined) account.complaints.push({ what, at: Date.now(), seen: `${selector.join(',')}: ${items.map(wordOf).join(', ')}` })
  } catch {
    account.unseen += 1
  }
}

function complaintOf(pods: readonly Pod[], slotLabel: string): Complaint['what'] | undefined {
  const ready = pods.filter((pod) => isReady(pod) && pod.metadata.deletionTimestamp === undefined)
  if (ready.length === 0) return 'no ready Pod'
  return new Set(ready.map(({ metadata }) => metadata.labels?.[slotLabel])).size > 1 ? 'two slots' : undefined
}

type Labels = Readonly<Record<string, string>>

interface Pod {
  readonly metadata: { readonly name: string; readonly labels?: Labels; readonly deletionTimestamp?: string }
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
}

const isReady = ({ status }: Pod) => status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true

function wordOf(pod: Pod): string {
  return `${pod.metadata.name} ${pod.metadata.deletionTimestamp === undefined ? '' : 'terminating '}${isReady(pod) ? 'ready' : 'not ready'}`
}

interface Reader {
  read(path: string): Promise<unknown>
  close(): void
}

function readerOf({ server, authority, token }: SamplerOptions): Reader {
  const agent = new Agent({ keepAlive: true, ca: authority })
  const read = (path: string) =>
    new Promise<unknown>((resolve, reject) => {
      const asked = request(new URL(path, server), { agent, headers: { authorization: `Bearer ${token}` }, timeout: 2_000 }, (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (part: string) => (text += part))
        response.on('error', reject)
        response.on('end', () => (response.statusCode === 200 ? resolve(JSON.parse(text)) : reject(new Error(`${response.statusCode}`))))
      })
      asked.on('error', reject)
      asked.on('timeout', () => asked.destroy(new Error('no answer within 2 s')))
      asked.end()
    })
  return { read, close: () => agent.destroy() }
}
