import { Fault } from '@fairlead/base'
import { valueAt } from '@fairlead/kube'
import type {
  AccessQuestion,
  ApplyOptions,
  Cluster,
  DeleteOptions,
  GrantedRules,
  KubeObject,
  LogRequest,
  ObjectList,
  ObjectReference,
  PatchOperation,
  ProxyRequest,
  ProxyResponse,
  ReadOptions,
  Resource,
  Selection,
  WatchEvent,
  WriteOptions,
} from '@fairlead/kube'
import type { FakeCluster } from '@fairlead/kube/testing'
import type { Life } from './life.ts'

/** What befalls one request of an actor. Applied or not, and whether and when the actor hears of it. */
export type Blow = 'dies before' | 'dies after' | 'not applied' | 'reply lost' | 'sent twice' | 'held before' | 'held after'

/** A request of one actor. */
export interface Asked {
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'update' | 'apply' | 'patch' | 'delete' | 'proxy'
  readonly kind: string
  readonly name: string
  /** Counted from 1 among all requests of this actor. */
  readonly nth: number
  /** Counted from 1 among its writes; absent for a read. */
  readonly write?: number
}

/** A write that has arrived, with what it found and what it left. */
export interface Written extends Asked {
  readonly before: KubeObject | undefined
  readonly after: KubeObject | undefined
}

/** What an actor's own connection does to what it sends and reads: how a guard is taken away without touching the code that has it. */
export interface Lens {
  readonly seen?: (object: KubeObject) => KubeObject
  readonly applied?: (object: KubeObject) => KubeObject
  readonly patched?: (operations: readonly PatchOperation[], kind: string) => readonly PatchOperation[]
  /** Answers a write as if it had been done. */
  readonly swallowed?: (object: KubeObject, before: KubeObject | undefined) => boolean
}

export interface ActorClusterOptions {
  readonly life: Life
  readonly strikes: (asked: Asked) => Blow | undefined
  readonly wrote: (written: Written) => void
  readonly lens: Lens
}

type Verb = Extract<Asked['verb'], 'create' | 'update' | 'apply' | 'patch' | 'delete'>

/** The one cluster as one actor reaches it: with faults of its own, that nobody else has. */
export class ActorCluster implements Cluster {
  readonly server: string
  readonly namespace: string
  readonly asked: Asked[] = []
  readonly #cluster: FakeCluster
  readonly #options: ActorClusterOptions
  #writes = 0

  constructor(cluster: FakeCluster, options: ActorClusterOptions) {
    this.server = cluster.server
    this.namespace = cluster.namespace
    this.#cluster = cluster
    this.#options = options
  }

  resourceOf(kind: { readonly apiVersion: string; readonly kind: string }, options?: ReadOptions): Promise<Resource> {
    return this.#cluster.resourceOf(kind, options)
  }

  resourceNamed(name: string, options?: ReadOptions): Promise<Resource> {
    return this.#cluster.resourceNamed(name, options)
  }

  async get(reference: ObjectReference, options?: ReadOptions): Promise<KubeObject | undefined> {
    const object = await this.#read({ verb: 'get', kind: reference.resource.kind, name: reference.name }, () => this.#cluster.get(reference, options))
    return object === undefined ? undefined : this.#seen(object)
  }

  async list(selection: Selection, options?: ReadOptions): Promise<ObjectList> {
    const list = await this.#read({ verb: 'list', kind: selection.resource.kind, name: '' }, () => this.#cluster.list(selection, options))
    return { ...list, items: list.items.map((object) => this.#seen(object)) }
  }

  async *watch(selection: Selection, options: ReadOptions & { readonly resourceVersion: string }): AsyncGenerator<WatchEvent> {
    await this.#read({ verb: 'watch', kind: selection.resource.kind, name: '' }, async () => undefined)
    for await (const event of this.#cluster.watch(selection, options)) {
      await this.#options.life.gate()
      yield event
    }
  }

  create(object: KubeObject, options: WriteOptions): Promise<KubeObject> {
    return this.#send('create', object, (sent, signal) => this.#cluster.create(sent, { ...options, signal }), options)
  }

  replace(object: KubeObject, options: WriteOptions): Promise<KubeObject> {
    return this.#send('update', object, (sent, signal) => this.#cluster.replace(sent, { ...options, signal }), options)
  }

  apply(object: KubeObject, options: ApplyOptions): Promise<KubeObject> {
    const applied = this.#options.lens.applied?.(object) ?? object
    const send = async (sent: KubeObject, signal: AbortSignal | undefined) => {
      this.#refuseHollow(sent)
      return await this.#cluster.apply(sent, { ...options, signal })
    }
    return this.#send('apply', applied, send, options)
  }

  async patch(reference: ObjectReference, operations: readonly PatchOperation[], options: WriteOptions): Promise<KubeObject> {
    const patched = this.#options.lens.patched?.(operations, reference.resource.kind) ?? operations
    const send = (signal: AbortSignal | undefined) => this.#cluster.patch(reference, patched, { ...options, signal })
    return await this.#write({ verb: 'patch', kind: reference.resource.kind, name: reference.name }, send, options)
  }

  async delete(reference: ObjectReference, options: DeleteOptions = {}): Promise<void> {
    const send = (signal: AbortSignal | undefined) => this.#cluster.delete(reference, { ...options, signal })
    await this.#write({ verb: 'delete', kind: reference.resource.kind, name: reference.name }, send, options)
  }

  logs(request: LogRequest, options?: ReadOptions): Promise<string | undefined> {
    return this.#read({ verb: 'get', kind: 'Pod', name: request.pod }, () => this.#cluster.logs(request, options))
  }

  proxy(request: ProxyRequest, options?: ReadOptions): Promise<ProxyResponse> {
    return this.#read({ verb: 'proxy', kind: request.target, name: request.name }, () => this.#cluster.proxy(request, options))
  }

  may(question: AccessQuestion, options?: ReadOptions): Promise<boolean> {
    return this.#read({ verb: 'get', kind: 'SelfSubjectAccessReview', name: '' }, () => this.#cluster.may(question, options))
  }

  rules(namespace: string, options?: ReadOptions): Promise<GrantedRules> {
    return this.#read({ verb: 'get', kind: 'SelfSubjectRulesReview', name: '' }, () => this.#cluster.rules(namespace, options))
  }

  close(): void {
    // Others use the cluster, too.
  }

  async #send(
    verb: 'create' | 'update' | 'apply',
    object: KubeObject,
    send: (object: KubeObject, signal: AbortSignal | undefined) => Promise<KubeObject>,
    options: WriteOptions,
  ): Promise<KubeObject> {
    const { kind, metadata } = object
    const before = this.#find(kind, metadata.name)
    if (this.#options.lens.swallowed?.(object, before) === true) {
      await this.#options.life.gate()
      return { ...object, metadata: { ...object.metadata, resourceVersion: before?.metadata.resourceVersion ?? '1' } }
    }
    return await this.#write({ verb, kind, name: metadata.name }, (signal) => send(object, signal), options)
  }

  async #read<T>(asked: Pick<Asked, 'verb' | 'kind' | 'name'>, answer: () => Promise<T>): Promise<T> {
    const { life, strikes } = this.#options
    await life.gate()
    const blow = strikes(this.#note(asked))
    if (blow === 'held before') await this.#stop(blow)
    const answered = await answer()
    if (blow !== undefined && blow !== 'held before') await this.#stop(blow)
    await life.gate()
    return answered
  }

  async #write<T>(
    what: { readonly verb: Verb; readonly kind: string; readonly name: string },
    send: (signal: AbortSignal | undefined) => Promise<T>,
    options: ReadOptions & { readonly dryRun?: boolean },
  ): Promise<T> {
    if (options.dryRun === true) return await this.#read(what, () => send(options.signal))
    const { life, strikes } = this.#options
    await life.gate()
    options.signal?.throwIfAborted()
    this.#writes += 1
    const asked = this.#note({ ...what, write: this.#writes })
    const blow = strikes(asked)
    if (blow === 'not applied') throw unheard(asked)
    if (blow === 'dies before' || blow === 'held before') await this.#stop(blow)
    // What is on the wire is not called back by a signal.
    const once = () => this.#watched(asked, () => send(blow === undefined ? options.signal : undefined))
    if (blow === 'sent twice') await once().catch(() => undefined)
    const answer = await once()
    if (blow === 'reply lost') throw unheard(asked)
    if (blow === 'dies after' || blow === 'held after') await this.#stop(blow)
    await life.gate()
    return answer
  }

  async #watched<T>(asked: Asked, send: () => Promise<T>): Promise<T> {
    const before = this.#find(asked.kind, asked.name)
    try {
      return await send()
    } finally {
      this.#options.wrote({ ...asked, before, after: this.#find(asked.kind, asked.name) })
    }
  }

  async #stop(blow: Blow): Promise<void> {
    const { life } = this.#options
    if (blow.startsWith('dies')) life.die()
    else life.pause()
    await life.gate()
  }

  #note(what: Omit<Asked, 'nth'>): Asked {
    const asked = { ...what, nth: this.asked.length + 1 }
    this.asked.push(asked)
    return asked
  }

  /** The API server makes no Deployment out of replicas alone, which the fake would. */
  #refuseHollow({ kind, metadata, spec }: KubeObject): void {
    const isHollow = kind === 'Deployment' && valueAt(spec, ['template']) === undefined
    if (!isHollow || this.#find(kind, metadata.name) !== undefined) return
    throw new Fault('INPUT_INVALID', `Deployment "${metadata.name}": spec.template: Required value, expected one, got none`)
  }

  #seen(object: KubeObject): KubeObject {
    return this.#options.lens.seen?.(object) ?? object
  }

  #find(kind: string, name: string): KubeObject | undefined {
    return this.#cluster.objects().find((object) => object.kind === kind && object.metadata.name === name)
  }
}

function unheard({ verb, kind, name }: Asked): Fault {
  return new Fault('UNAVAILABLE', `${kind} "${name}": nothing was heard of the ${verb}, expected an answer`)
}
