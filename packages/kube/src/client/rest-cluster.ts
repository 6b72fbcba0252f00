import type {
  AccessQuestion,
  ApplyOptions,
  Cluster,
  DeleteOptions,
  GrantedRules,
  LogRequest,
  ObjectList,
  PatchOperation,
  ProxyRequest,
  ProxyResponse,
  ReadOptions,
  Selection,
  WatchEvent,
  WriteOptions,
} from '../cluster.ts'
import { isFault } from '@fairlead/base'
import type { KubeObject } from '../object.ts'
import type { ObjectReference, Resource } from '../resource.ts'
import { WatchExpired } from '../watch-expired.ts'
import { objectCall } from './call.ts'
import { Discovery } from './discovery.ts'
import { parseObject } from './json.ts'
import { listAll, selectionCall, withoutManagedFields } from './lists.ts'
import { readLogs } from './logs.ts'
import { proxyRequest } from './proxying.ts'
import type { Rest } from './rest.ts'
import { reviewAccess, reviewRules } from './reviews.ts'
import { ServerFault } from './server-fault.ts'
import { readWatch } from './watch-stream.ts'
import { withoutUser } from './user-info.ts'
import { Writes } from './writes.ts'

/** Seconds after which the server ends a watch: long, since ending one costs a request; finite, so that a dead stream ends at all. */
const WATCH_SECONDS = '600'

/** A cluster behind an API server, spoken to in REST. */
export class RestCluster implements Cluster {
  readonly namespace: string
  readonly #rest: Rest
  readonly #discovery: Discovery
  readonly #writes: Writes

  constructor(rest: Rest, namespace: string) {
    this.#rest = rest
    this.namespace = namespace
    this.#discovery = new Discovery(rest)
    this.#writes = new Writes(rest, (reference, options) => this.get(reference, options))
  }

  get server(): string {
    return withoutUser(this.#rest.server.href).replace(/\/$/, '')
  }

  resourceOf(kind: { readonly apiVersion: string; readonly kind: string }, options: ReadOptions = {}): Promise<Resource> {
    return this.#discovery.byKind(kind, options)
  }

  resourceNamed(name: string, options: ReadOptions = {}): Promise<Resource> {
    return this.#discovery.byName(name, options)
  }

  async get(reference: ObjectReference, options: ReadOptions = {}): Promise<KubeObject | undefined> {
    const placed = this.#placed(reference)
    const call = { ...objectCall('GET', 'get', placed), signal: options.signal }
    try {
      return parseObject(await this.#rest.read(call), call, placed)
    } catch (error) {
      if (isFault(error, 'NOT_FOUND')) return undefined
      throw error
    }
  }

  list(selection: Selection, options: ReadOptions = {}): Promise<ObjectList> {
    return listAll(this.#rest, selection, options)
  }

  async *watch(selection: Selection, options: ReadOptions & { readonly resourceVersion: string }): AsyncGenerator<WatchEvent> {
    const call = selectionCall('watch', selection, options)
    const query = { ...call.query, watch: 'true', allowWatchBookmarks: 'true', resourceVersion: options.resourceVersion, timeoutSeconds: WATCH_SECONDS }
    const stream = await this.#rest.stream({ ...call, query }).catch((error: unknown) => {
      throw error instanceof ServerFault && error.status === 410 ? new WatchExpired(call.target, error) : error
    })
    try {
      for await (const event of readWatch(stream.chunks, call))
        yield event.type === 'BOOKMARK' || selection.managedFields === true ? event : { ...event, object: withoutManagedFields(event.object) }
    } finally {
      stream.close()
    }
  }

  async create(object: KubeObject, options: WriteOptions): Promise<KubeObject> {
    const [reference, placed] = await this.#located(object, options)
    return this.#writes.create(reference, placed, options)
  }

  async replace(object: KubeObject, options: WriteOptions): Promise<KubeObject> {
    const [reference, placed] = await this.#located(object, options)
    return this.#writes.replace(reference, placed, options)
  }

  async apply(object: KubeObject, options: ApplyOptions): Promise<KubeObject> {
    const [reference, placed] = await this.#located(object, options)
    return this.#writes.apply(reference, placed, options)
  }

  patch(reference: ObjectReference, operations: readonly PatchOperation[], options: WriteOptions): Promise<KubeObject> {
    return this.#writes.patch(this.#placed(reference), operations, options)
  }

  delete(reference: ObjectReference, options: DeleteOptions = {}): Promise<void> {
    return this.#writes.delete(this.#placed(reference), options)
  }

  logs(request: LogRequest, options: ReadOptions = {}): Promise<string | undefined> {
    return readLogs(this.#rest, request, options)
  }

  proxy(request: ProxyRequest, options: ReadOptions = {}): Promise<ProxyResponse> {
    return proxyRequest(this.#rest, request, options)
  }

  may(question: AccessQuestion, options: ReadOptions = {}): Promise<boolean> {
    return reviewAccess(this.#rest, question, options)
  }

  rules(namespace: string, options: ReadOptions = {}): Promise<GrantedRules> {
    return reviewRules(this.#rest, namespace, options)
  }

  close(): void {
    this.#rest.close()
  }

  /** A namespaced kind without a namespace lives in the connection's, as kubectl has it. */
  #placed(reference: ObjectReference): ObjectReference {
    return reference.resource.namespaced && reference.namespace === undefined ? { ...reference, namespace: this.namespace } : reference
  }

  async #located(object: KubeObject, { signal }: ReadOptions): Promise<[ObjectReference, KubeObject]> {
    const resource = await this.resourceOf(object, { signal })
    const { name, namespace } = object.metadata
    if (!resource.namespaced) return [{ resource, name }, object]
    const placed = namespace ?? this.namespace
    return [{ resource, name, namespace: placed }, namespace === undefined ? { ...object, metadata: { ...object.metadata, namespace: placed } } : object]
  }
}
