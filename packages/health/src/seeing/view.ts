import type { KubeObject, ObjectReference, Selection } from '@fairlead/kube'
import { covers, surroundingKindOf } from './selections.ts'
import { indexSurroundings, joinSurroundings, type SurroundingIndex, type Surroundings } from './surroundings.ts'

/** Some selection and what it shows: followed, or listed once. The same array as long as nothing changed. */
export interface Source {
  readonly selection: Selection
  objects(): readonly KubeObject[]
}

/** What is seen of a cluster through several sources: single objects, and what stands around them. Indexes are made anew only for sources that changed. */
export class View {
  #sources: readonly Source[] = []
  readonly #byName = new Memory((objects) => new Map(objects.map((object) => [object.metadata.name, object])))
  readonly #around = new Memory<SurroundingIndex>(indexSurroundings)

  add(sources: readonly Source[]): void {
    this.#sources = [...this.#sources, ...sources]
  }

  /** Finds an object; undefined when no source shows it. */
  find(reference: ObjectReference): KubeObject | undefined {
    for (const source of this.#sources) {
      const found = covers(source.selection, reference) ? this.#byName.of(source).get(reference.name) : undefined
      if (found !== undefined) return found
    }
    return undefined
  }

  /** All Pods of all namespaces, some perhaps twice. */
  pods(): readonly KubeObject[] {
    return this.#sources.filter(({ selection }) => surroundingKindOf(selection.resource) === 'Pod').flatMap((source) => source.objects())
  }

  /** What stands around the targets of a namespace. */
  around(namespace: string | undefined): Surroundings {
    const sources = this.#sources.filter(({ selection }) => selection.namespace === namespace && surroundingKindOf(selection.resource) !== undefined)
    const known = sources.flatMap(({ selection }) => surroundingKindOf(selection.resource) ?? [])
    return joinSurroundings(
      sources.map((source) => this.#around.of(source)),
      known,
    )
  }
}

/** Keeps what was made of the objects of each source for as long as they are the same. */
class Memory<T> {
  readonly #make: (objects: readonly KubeObject[]) => T
  readonly #made = new Map<Source, { readonly objects: readonly KubeObject[]; readonly value: T }>()

  constructor(make: (objects: readonly KubeObject[]) => T) {
    this.#make = make
  }

  of(source: Source): T {
    const objects = source.objects()
    const known = this.#made.get(source)
    if (known?.objects === objects) return known.value
    const value = this.#make(objects)
    this.#made.set(source, { objects, value })
    return value
  }
}
