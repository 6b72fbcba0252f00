import type { ObjectList, WatchEvent } from './cluster.ts'
import type { KubeObject } from './object.ts'

/** What is known of a selection: the objects of the last list and what a watch told since. */
export class Picture {
  readonly #keepsManagedFields: boolean
  #objects = new Map<string, KubeObject>()
  #array: readonly KubeObject[] | undefined = []
  #resourceVersion = ''

  constructor(keepsManagedFields: boolean) {
    this.#keepsManagedFields = keepsManagedFields
  }

  /** The point in history up to which the picture is true. */
  get resourceVersion(): string {
    return this.#resourceVersion
  }

  objects(): readonly KubeObject[] {
    this.#array ??= [...this.#objects.values()]
    return this.#array
  }

  /** Replaces everything by a list; what is not in it is gone. Answers whether that changed anything. */
  replace(list: ObjectList): boolean {
    const before = this.#objects
    this.#objects = new Map(
      list.items.map((object) => [
        keyOf(object),
        before.get(keyOf(object))?.metadata.resourceVersion === object.metadata.resourceVersion ? (before.get(keyOf(object)) ?? object) : this.#kept(object),
      ]),
    )
    this.#resourceVersion = list.resourceVersion
    const isSame = before.size === this.#objects.size && [...this.#objects].every(([key, object]) => before.get(key) === object)
    if (!isSame) this.#array = undefined
    return !isSame
  }

  /** Takes what a watch told. Answers whether that changed anything: an event older than what is known does not. */
  take(event: WatchEvent): boolean {
    if (event.type === 'BOOKMARK') {
      this.#resourceVersion = event.resourceVersion
      return false
    }
    const { object, type } = event
    const key = keyOf(object)
    const known = this.#objects.get(key)
    if (known !== undefined && isOlder(object.metadata.resourceVersion, known.metadata.resourceVersion)) return false
    this.#resourceVersion = object.metadata.resourceVersion ?? this.#resourceVersion
    this.#array = undefined
    if (type === 'DELETED') return this.#objects.delete(key)
    this.#objects.set(key, this.#kept(object))
    return true
  }

  #kept(object: KubeObject): KubeObject {
    if (this.#keepsManagedFields || object.metadata.managedFields === undefined) return object
    const { managedFields: _dropped, ...metadata } = object.metadata
    return { ...object, metadata }
  }
}

/** Tells whether one resourceVersion is older than another. They are decimal numbers of any length (comparable since Kubernetes 1.35, in fact always); anything else is never older. */
export function isOlder(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined || !DECIMAL.test(one) || !DECIMAL.test(other)) return false
  return one.length === other.length ? one < other : one.length < other.length
}

const DECIMAL = /^[1-9]\d*$/

function keyOf({ metadata: { namespace = '', name } }: KubeObject): string {
  return `${namespace}/${name}`
}
