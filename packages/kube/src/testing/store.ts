import type { Clock } from '@fairlead/base'
import { sameJson } from '../json-pointer.ts'
import { groupOf } from '../known-resources.ts'
import type { KubeObject } from '../object.ts'
import { hasGeneration } from './kind-rules.ts'

/** Something that happened to an object, with what it was before. */
export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: KubeObject
  readonly previous: KubeObject | undefined
  readonly revision: number
}

/** The objects of a fake cluster and their history, with the bookkeeping an API server does: versions, generations, uids. */
export class Store {
  readonly #clock: Clock
  readonly #objects = new Map<string, KubeObject>()
  readonly #listeners = new Set<(change: Change) => void>()
  #history: Change[] = []
  #revision = 100
  #compacted = 0
  #uids = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get revision(): number {
    return this.#revision
  }

  now(): string {
    return this.#clock
      .date()
      .toISOString()
      .replace(/\.\d+Z$/, 'Z')
  }

  find(object: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>): KubeObject | undefined {
    return this.#objects.get(keyOf(object))
  }

  all(): readonly KubeObject[] {
    return [...this.#objects.values()]
  }

  /** Stores an object. One that is the same as before is left alone, as the API server does. */
  put(object: KubeObject, options: { readonly dryRun?: boolean } = {}): KubeObject {
    const key = keyOf(object)
    const previous = this.#objects.get(key)
    const stored = freeze(this.#kept(object, previous))
    if (previous !== undefined && sameJson(previous, stored)) return previous
    if (options.dryRun === true) return stored
    const next = freeze({ ...stored, metadata: { ...stored.metadata, resourceVersion: String(this.#revision + 1) } })
    this.#objects.set(key, next)
    this.#record({ type: previous === undefined ? 'ADDED' : 'MODIFIED', object: next, previous })
    return next
  }

  remove(object: KubeObject): void {
    const previous = this.find(object)
    if (previous === undefined) return
    this.#objects.delete(keyOf(object))
    this.#record({
      type: 'DELETED',
      object: freeze({ ...previous, metadata: { ...previous.metadata, resourceVersion: String(this.#revision + 1) } }),
      previous,
    })
  }

  /** What happened after a revision; undefined when that is no longer known. */
  since(revision: number): readonly Change[] | undefined {
    return revision < this.#compacted ? undefined : this.#history.filter((change) => change.revision > revision)
  }

  /** Forgets the history, as etcd does every five minutes. */
  compact(): void {
    this.#compacted = this.#revision
    this.#history = []
  }

  listen(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #record(change: Omit<Change, 'revision'>): void {
    this.#revision += 1
    const recorded = { ...change, revision: this.#revision }
    this.#history.push(recorded)
    for (const listener of this.#listeners) listener(recorded)
  }

  /** Fills in what the server keeps: what is never changed by a write, and what counts them. */
  #kept(object: KubeObject, previous: KubeObject | undefined): KubeObject {
    const born = { uid: object.metadata.uid ?? `uid-${this.#uids + 1}`, creationTimestamp: object.metadata.creationTimestamp ?? this.now() }
    if (previous === undefined) this.#uids += 1
    const { uid, creationTimestamp, resourceVersion, deletionTimestamp } = { ...born, ...previous?.metadata }
    const marked = object.metadata.deletionTimestamp ?? deletionTimestamp
    return {
      ...object,
      metadata: {
        ...object.metadata,
        uid,
        creationTimestamp,
        ...(resourceVersion === undefined ? {} : { resourceVersion }),
        ...(hasGeneration(object.kind) ? { generation: generationOf(object, previous) } : {}),
        ...(marked === undefined ? {} : { deletionTimestamp: marked }),
      },
    }
  }
}

function generationOf(object: KubeObject, previous: KubeObject | undefined): number {
  if (previous === undefined) return object.metadata.generation ?? 1
  return (previous.metadata.generation ?? 0) + (sameJson(bare(previous), bare(object)) ? 0 : 1)
}

/** What a generation counts: everything but metadata and status. */
function bare({ metadata: _metadata, status: _status, ...rest }: KubeObject): unknown {
  return rest
}

function keyOf({ apiVersion, kind, metadata: { namespace = '', name } }: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>): string {
  return `${groupOf(apiVersion)}/${kind}/${namespace}/${name}`
}

/** Nobody changes what is stored behind its back, the code under test included. */
function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const part of Object.values(value)) freeze(part)
  return Object.freeze(value)
}
