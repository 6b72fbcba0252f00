import type { KubeObject } from '../object.ts'
import type { Change, Store } from './store.ts'

/** What a controller may do: see everything, and write past admission, status included. */
export interface ControllerAccess {
  find(object: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>): KubeObject | undefined
  all(kind: string, namespace?: string): readonly KubeObject[]
  put(object: KubeObject): KubeObject
  remove(object: KubeObject): void
  /** The wall clock as timestamps have it. */
  now(): string
}

/** Called after every change, one at a time, in order. May write, which it will see as another change. */
export type Controller = (change: Change, cluster: ControllerAccess) => void | Promise<void>

/** Runs the controllers of a fake cluster, and does what the garbage collector does. */
export class FakeControllers {
  readonly #store: Store
  readonly #controllers: Controller[] = []
  readonly #access: ControllerAccess
  #running: Promise<void> = Promise.resolve()

  constructor(store: Store) {
    this.#store = store
    this.#access = {
      find: (object) => store.find(object),
      all: (kind, namespace) => store.all().filter((object) => object.kind === kind && (namespace === undefined || object.metadata.namespace === namespace)),
      put: (object) => store.put(object),
      remove: (object) => this.delete(object, 'Background'),
      now: () => store.now(),
    }
    store.listen((change) => this.#enqueue(change))
  }

  add(controller: Controller): void {
    this.#controllers.push(controller)
    for (const object of this.#store.all()) {
      const change: Change = { type: 'ADDED', object, previous: undefined, revision: Number(object.metadata.resourceVersion) }
      this.#running = this.#running.then(() => controller(change, this.#access))
    }
  }

  /** Resolves when the controllers have nothing more to do; what they wait for on a clock does not count. */
  async settled(): Promise<void> {
    for (let seen: Promise<void> | undefined; seen !== this.#running;) {
      seen = this.#running
      await seen
    }
  }

  /** Deletes an object with its dependents, at once; marks it only while finalizers hold it. */
  delete(object: KubeObject, propagation: 'Background' | 'Foreground' | 'Orphan'): void {
    const live = this.#store.find(object)
    if (live === undefined) return
    const { finalizers = [] } = live.metadata as { readonly finalizers?: readonly string[] }
    if (finalizers.length > 0) {
      if (live.metadata.deletionTimestamp === undefined) this.#store.put({ ...live, metadata: { ...live.metadata, deletionTimestamp: this.#store.now() } })
      return
    }
    const dependents = this.#store.all().filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === live.metadata.uid) === true)
    this.#store.remove(live)
    for (const dependent of dependents) {
      if (propagation !== 'Orphan') this.delete(dependent, propagation)
      else
        this.#store.put({
          ...dependent,
          metadata: { ...dependent.metadata, ownerReferences: dependent.metadata.ownerReferences?.filter(({ uid }) => uid !== live.metadata.uid) ?? [] },
        })
    }
  }

  #enqueue(change: Change): void {
    if (this.#controllers.length === 0) return
    this.#running = this.#running.then(async () => {
      for (const controller of this.#controllers) await controller(change, this.#access)
    })
  }
}
