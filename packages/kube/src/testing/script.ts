import { Fault } from '@fairlead/base'
import type { AccessQuestion, GrantedRules, LogRequest, ProxyRequest, ProxyResponse, Selection } from '../cluster.ts'
import type { ServerFault } from '../client/server-fault.ts'
import type { Refusal } from './refusal.ts'

/** A request as the fake cluster saw it. */
export interface FakeRequest {
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'update' | 'apply' | 'patch' | 'delete' | 'logs' | 'proxy' | 'may' | 'rules'
  readonly kind: string
  readonly namespace: string | undefined
  readonly name?: string
  readonly selection?: Selection
  readonly manager?: string
  readonly dryRun?: boolean
  readonly body?: unknown
}

/** What goes wrong with a request: a refusal of the server, a Fault, or a reply that is lost after the request was carried out. */
export type Failure = Refusal | Fault | 'reply-lost'

/** Called before a request is carried out; what it throws is the answer. It may write to the cluster, as somebody else. */
export type Interception = (request: FakeRequest) => void | Promise<void>

interface Planned {
  readonly matches: (request: FakeRequest) => boolean
  readonly failure: Failure
  times: number
}

/** What a test tells a fake cluster beforehand, and what it was asked. */
export class Script {
  readonly requests: FakeRequest[] = []
  readonly #planned: Planned[] = []
  readonly #interceptions: Interception[] = []
  readonly #denied: Partial<AccessQuestion>[] = []
  readonly #logs = new Map<string, string>()
  #proxy: (request: ProxyRequest) => ProxyResponse | Promise<ProxyResponse> = () => ({ status: 200, body: 'ok', headers: {} })
  #outage: Fault | undefined

  /** Lets the next request that matches fail, or as many as told. */
  fail(matches: Partial<FakeRequest> | ((request: FakeRequest) => boolean), failure: Failure, times = 1): void {
    this.#planned.push({ matches: typeof matches === 'function' ? matches : (request) => includes(request, matches), failure, times })
  }

  intercept(interception: Interception): void {
    this.#interceptions.push(interception)
  }

  /** Takes a permission away: from the answers of `may` and `rules` and from requests. Fields that are left out match all. */
  deny(question: Partial<AccessQuestion>): void {
    this.#denied.push(question)
  }

  denies(question: AccessQuestion): boolean {
    return this.#denied.some((denied) => includes(question, denied))
  }

  /** Everything; or, since RBAC has no rule that takes away, an incomplete list of nothing once something is denied: `may` knows. */
  rules(): GrantedRules {
    if (this.#denied.length > 0) return { rules: [], incomplete: true }
    return { rules: [{ verbs: ['*'], groups: ['*'], resources: ['*'], names: [] }], incomplete: false }
  }

  /** Makes the API server unreachable until it is called with false. */
  outage(on = true): void {
    this.#outage = on ? new Fault('UNAVAILABLE', 'https://fake.invalid:6443 could not be reached: connection refused') : undefined
  }

  /** What a container has written. */
  log(request: Pick<LogRequest, 'namespace' | 'pod' | 'container' | 'previous'>, text: string): void {
    this.#logs.set(keyOf(request), text)
  }

  logOf(request: LogRequest): string | undefined {
    const text = this.#logs.get(keyOf(request))
    return text === undefined || request.tailLines === undefined ? text : lastLines(text, request.tailLines)
  }

  /** How Pods and Services answer. */
  proxy(answer: (request: ProxyRequest) => ProxyResponse | Promise<ProxyResponse>): void {
    this.#proxy = answer
  }

  proxied(request: ProxyRequest): ProxyResponse | Promise<ProxyResponse> {
    return this.#proxy(request)
  }

  async perform<T>(request: FakeRequest, act: () => Promise<T>, refuse: (refusal: Refusal) => ServerFault): Promise<T> {
    for (const interception of this.#interceptions) await interception(request)
    if (this.#outage !== undefined) throw this.#outage
    const planned = this.#planned.find((each) => each.times > 0 && each.matches(request))
    if (planned === undefined) return act()
    planned.times -= 1
    if (planned.failure instanceof Fault) throw planned.failure
    if (planned.failure !== 'reply-lost') throw refuse(planned.failure)
    await act()
    throw new Fault('UNAVAILABLE', `${request.kind} "${request.name ?? ''}": the reply was lost, expected one`)
  }
}

function includes(value: object, wanted: object): boolean {
  return Object.entries(wanted).every(([key, part]) => (value as Record<string, unknown>)[key] === part)
}

function keyOf({ namespace, pod, container, previous }: Pick<LogRequest, 'namespace' | 'pod' | 'container' | 'previous'>): string {
  return [namespace, pod, container, previous === true].join('/')
}

function lastLines(text: string, count: number): string {
  const lines = text.split('\n')
  const end = lines.at(-1) === '' ? lines.length - 1 : lines.length
  return lines.slice(Math.max(0, end - count)).join('\n')
}
