import { Fault, type Clock } from '@fairlead/base'
import { ManualClock } from '@fairlead/base/testing'
import { withoutManagedFields } from '../client/lists.ts'
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
import { groupOf, knownResource, knownResourceNamed } from '../known-resources.ts'
import type { KubeObject } from '../object.ts'
import { referenceTo } from '../reference.ts'
import type { ObjectReference, Resource } from '../resource.ts'
import { parseSelector, selects } from '../selector.ts'
import { parseFieldSelector } from './field-selector.ts'
import { FakeControllers, type Controller } from './fake-controllers.ts'
import { FakeWatches } from './fake-watches.ts'
import { withDefaults } from './kind-rules.ts'
import { about, forbidden, notFound, refuse, type Refusal } from './refusal.ts'
import { Script, type FakeRequest } from './script.ts'
import { Store } from './store.ts'
import { applyObject, checkPreconditions, createObject, patchObject, replaceObject, type Write } from './write-rules.ts'

/** What a fake cluster begins with. */
export interface FakeClusterOptions {
  readonly clock?: Clock
  /** The namespaces that exist, the first being the connection's. */
  readonly namespaces?: readonly string[]
  /** Kinds that are not Kubernetes' own. */
  readonly resources?: readonly Resource[]
}

/**
 * A cluster in memory that behaves as the real one does towards our code: versions, conflicts, ownership, watches. The same conformance suite runs on both.
 *
 * What it is told before: `script` (failures, logs, answers, denials) and `controllers`. What it tells afterwards: `script.requests`.
 * It does not validate objects against schemas, and deletes at once unless finalizers hold them.
 */
export class FakeCluster implements Cluster {
  readonly server = 'https://fake.invalid:6443'
  readonly namespace: string
  readonly script = new Script()
  readonly watches: FakeWatches
  readonly controllers: FakeControllers
  readonly #store: Store
  readonly #resources: readonly Resource[]

  constructor({ clock = new ManualClock(), namespaces = ['default'], resources = [] }: FakeClusterOptions = {}) {
    this.namespace = namespaces[0] ?? 'default'
    this.#resources = resources
    this.#store = new Store(clock)
    this.watches = new FakeWatches(this.#store)
    this.controllers = new FakeControllers(this.#store)
    for (const name of namespaces) this.#store.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name }, status: { phase: 'Active' } })
  }

  /** Puts objects in place as they are, status and managedFields included, past every rule. */
  seed(...objects: readonly KubeObject[]): void {
    for (const object of objects) {
      const namespaced = this.#resourceFor(object)?.namespaced === true && object.metadata.namespace === undefined
      const placed = namespaced ? { ...object, metadata: { ...object.metadata, namespace: this.namespace } } : object
      this.#store.put(withDefaults(structuredClone(placed)))
    }
  }

  /** Lets a controller see every change from now on, and what exists. */
  control(controller: Controller): void {
    this.controllers.add(controller)
  }

  /** Everything there is, for assertions. */
  objects(): readonly KubeObject[] {
    return this.#store.all()
  }

  /** Forgets the history: a watch from before now gets 410. */
  compact(): void {
    this.#store.compact()
  }

  async resourceOf(kind: { readonly apiVersion: string; readonly kind: string }, { signal }: ReadOptions = {}): Promise<Resource> {
    signal?.throwIfAborted()
    const found = this.#resourceFor(kind)
    if (found !== undefined) return found
    throw new Fault('UNSUPPORTED', `${kind.kind}: this API server does not serve it as ${kind.apiVersion}, got no such group`, {
      hint: `Install what brings ${kind.kind} to the cluster.`,
    })
  }

  async resourceNamed(name: string, { signal }: ReadOptions = {}): Promise<Resource> {
    signal?.throwIfAborted()
    const wanted = name.toLowerCase()
    const own = this.#resources.find(({ plural, kind, apiVersion }) => [plural, kind.toLowerCase(), `${plural}.${groupOf(apiVersion)}`].includes(wanted))
    const found = own ?? knownResourceNamed(name)
    if (found !== undefined) return found
    throw new Fault('UNSUPPORTED', `kind "${name}": this API server serves none, expected a kind, a plural or a short name`)
  }

  async get(reference: ObjectReference, options: ReadOptions = {}): Promise<KubeObject | undefined> {
    const placed = this.#placed(reference)
    return this.#answer({ verb: 'get', ...requestOf(placed) }, { about: placed, ...options }, async () => this.#find(placed))
  }

  async list(selection: Selection, options: ReadOptions = {}): Promise<ObjectList> {
    const { resource, namespace } = selection
    return this.#answer({ verb: 'list', kind: resource.kind, namespace, selection }, { about: wholeOf(selection), ...options }, async () => {
      const items = this.#store.all().filter(this.#matcher(selection))
      return { items: selection.managedFields === true ? items : items.map(withoutManagedFields), resourceVersion: String(this.#store.revision) }
    })
  }

  async *watch(selection: Selection, options: ReadOptions & { readonly resourceVersion: string }): AsyncGenerator<WatchEvent> {
    const { resource, namespace } = selection
    await this.#answer({ verb: 'watch', kind: resource.kind, namespace, selection }, { about: wholeOf(selection), ...options }, async () => undefined)
    yield* this.watches.watch(selection, this.#matcher(selection), { resourceVersion: options.resourceVersion, signal: options.signal })
  }

  create(object: KubeObject, options: WriteOptions): Promise<KubeObject> {
    return this.#write({ verb: 'create', object }, options, createObject)
  }

  replace(object: KubeObject, options: WriteOptions): Promise<KubeObject> {
    return this.#write({ verb: 'update', object }, options, replaceObject)
  }

  apply(object: KubeObject, options: ApplyOptions): Promise<KubeObject> {
    return this.#write({ verb: 'apply', object }, options, (write) => applyObject(write, options.force === true))
  }

  async patch(reference: ObjectReference, operations: readonly PatchOperation[], options: WriteOptions): Promise<KubeObject> {
    const placed = this.#placed(reference)
    const request: FakeRequest = { verb: 'patch', ...requestOf(placed), manager: options.manager, dryRun: options.dryRun === true, body: operations }
    return this.#answer(request, { about: placed, ...options }, async () => {
      const write = { live: this.#find(placed), reference: placed, writer: this.#writer(options) }
      return this.#put(patchObject(write, operations), options)
    })
  }

  async delete(reference: ObjectReference, options: DeleteOptions = {}): Promise<void> {
    const placed = this.#placed(reference)
    const request: FakeRequest = { verb: 'delete', ...requestOf(placed), dryRun: options.dryRun === true, body: options }
    await this.#answer(request, { about: placed, ...options }, async () => {
      const live = this.#find(placed)
      if (live === undefined) return
      checkPreconditions(live, placed, options)
      if (options.dryRun !== true) this.controllers.delete(live, options.propagation ?? 'Background')
    })
  }

  async logs(request: LogRequest, options: ReadOptions = {}): Promise<string | undefined> {
    const reference = { resource: POD, namespace: request.namespace, name: request.pod }
    const seen: FakeRequest = { verb: 'logs', ...requestOf(reference), body: request }
    return this.#answer(seen, { about: reference, ...options }, async () => this.script.logOf(request))
  }

  async proxy(request: ProxyRequest, options: ReadOptions = {}): Promise<ProxyResponse> {
    const reference = { resource: knownResourceNamed(request.target) ?? POD, namespace: request.namespace, name: request.name }
    const seen: FakeRequest = { verb: 'proxy', ...requestOf(reference), body: request }
    return this.#answer(seen, { about: reference, ...options }, async () => {
      if (this.#find(reference) === undefined) throw refuse(about('get', reference, 'proxy'), notFound(reference))
      return this.script.proxied(request)
    })
  }

  async may(question: AccessQuestion, { signal }: ReadOptions = {}): Promise<boolean> {
    signal?.throwIfAborted()
    this.script.requests.push({ verb: 'may', kind: 'SelfSubjectAccessReview', namespace: question.namespace, body: question })
    return !this.script.denies(question)
  }

  async rules(namespace: string, { signal }: ReadOptions = {}): Promise<GrantedRules> {
    signal?.throwIfAborted()
    this.script.requests.push({ verb: 'rules', kind: 'SelfSubjectRulesReview', namespace })
    if (namespace === '') throw refuse({ target: 'SelfSubjectRulesReview' }, { code: 400, reason: 'BadRequest', message: 'no namespace on request' })
    return this.script.rules()
  }

  close(): void {
    this.watches.close()
  }

  async #write(
    { verb, object }: { verb: 'create' | 'update' | 'apply'; object: KubeObject },
    options: WriteOptions,
    make: (write: Write) => KubeObject,
  ): Promise<KubeObject> {
    const resource = await this.resourceOf(object)
    const reference = this.#placed(referenceTo(resource, object))
    const { namespace } = reference
    const sent = structuredClone({ ...object, metadata: { ...object.metadata, ...(namespace === undefined ? {} : { namespace }) } })
    const request: FakeRequest = { verb, ...requestOf(reference), manager: options.manager, dryRun: options.dryRun === true, body: sent }
    return this.#answer(request, { about: reference, ...options }, async () => {
      const live = this.#find(reference)
      if (live === undefined) this.#needsNamespace(verb, reference)
      return this.#put(structuredClone(make({ live, sent, reference, writer: this.#writer(options) })), options)
    })
  }

  async #answer<T>(
    request: FakeRequest,
    { about: reference, signal }: { about: ObjectReference; signal?: AbortSignal | undefined },
    act: () => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted()
    this.script.requests.push(request)
    await this.resourceOf(reference.resource)
    const question = questionOf(request, reference)
    const fail = (refusal: Refusal) => refuse(about(question.verb, reference, question.subresource), refusal)
    if (this.script.denies(question)) throw fail(forbidden(question.verb, reference.resource, question))
    const answer = await this.script.perform(request, act, fail)
    await this.controllers.settled()
    return answer
  }

  /** Stores a write; an object that is marked and has lost its last finalizer is gone with it. */
  #put(object: KubeObject, options: WriteOptions): KubeObject {
    const stored = this.#store.put(object, { dryRun: options.dryRun === true })
    if (options.dryRun !== true && stored.metadata.deletionTimestamp !== undefined) this.controllers.delete(stored, 'Background')
    return stored
  }

  #matcher({ resource, namespace, labelSelector = '', fieldSelector = '' }: Selection): (object: KubeObject) => boolean {
    const [labels, fields] = [parseSelector(labelSelector), parseFieldSelector(fieldSelector)]
    return (object) =>
      object.kind === resource.kind &&
      groupOf(object.apiVersion) === groupOf(resource.apiVersion) &&
      (namespace === undefined || object.metadata.namespace === namespace) &&
      selects(labels, object.metadata.labels) &&
      fields(object)
  }

  #resourceFor({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): Resource | undefined {
    return this.#resources.find((each) => each.apiVersion === apiVersion && each.kind === kind) ?? knownResource({ apiVersion, kind })
  }

  #find({ resource, namespace, name }: ObjectReference): KubeObject | undefined {
    return this.#store.find({ apiVersion: resource.apiVersion, kind: resource.kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } })
  }

  #placed(reference: ObjectReference): ObjectReference {
    const { resource, name, namespace = this.namespace } = reference
    return resource.namespaced ? { resource, name, namespace } : { resource, name }
  }

  #needsNamespace(verb: string, { resource, namespace, name }: ObjectReference): void {
    if (namespace === undefined || this.#store.find({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }) !== undefined) return
    const missing: ObjectReference = { resource: NAMESPACE, name: namespace }
    throw refuse({ ...about(verb, { resource, namespace, name }) }, notFound(missing))
  }

  #writer({ manager }: WriteOptions): { manager: string; time: string } {
    return { manager, time: this.#store.now() }
  }
}

const POD: Resource = { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true }
const NAMESPACE: Resource = { apiVersion: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false }
const RBAC_VERBS: Readonly<Record<string, string>> = { apply: 'patch', logs: 'get', proxy: 'get' }
const SUBRESOURCES: Readonly<Record<string, string>> = { logs: 'log', proxy: 'proxy' }

/** What RBAC is asked about a request. */
function questionOf(request: FakeRequest, { resource, namespace, name }: ObjectReference): AccessQuestion {
  const subresource = SUBRESOURCES[request.verb]
  return {
    verb: RBAC_VERBS[request.verb] ?? request.verb,
    group: groupOf(resource.apiVersion),
    resource: resource.plural,
    ...(subresource === undefined ? {} : { subresource }),
    ...(namespace === undefined ? {} : { namespace }),
    name,
  }
}

function wholeOf({ resource, namespace }: Selection): ObjectReference {
  return { resource, name: '', ...(namespace === undefined ? {} : { namespace }) }
}

function requestOf({ resource, namespace, name }: ObjectReference): Pick<FakeRequest, 'kind' | 'namespace' | 'name'> {
  return { kind: resource.kind, namespace, name }
}
