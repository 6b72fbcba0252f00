import type { KubeObject, ObjectReference, Selection } from '@fairlead/kube'
import { covers } from './selections.ts'
import { type SurroundingKind, type Surroundings, surroundingsOf } from './surroundings.ts'

/** Some selection and what it shows: followed, or listed once. The same array as long as nothing changed. */
export interface Source {
  readonly selection: Selection
  objects(): readonly KubeObject[]
}

const SURROUNDING = new Set<string>(['ReplicaSet', 'Pod', 'Event', 'EndpointSlice'])

/** What is seen of a cluster through several sources: single objects, and surroundings for each namespace, indexed anew only when something changed. */
export class View {
  #sources: readonly Source[] = []
  readonly #byName = new Map<Source, { readonly objects: readonly KubeObject[]; readonly index: ReadonlyMap<string, KubeObject> }>()
  readonly #around = new Map<string, { readonly objects: readonly (readonly KubeObject[])[]; readonly surroundings: Surroundings }>()

  /** Adds sources; of two for the same kind and namespace the later one is preferred only where the earlier does not show the object. */
  add(sources: readonly Source[]): void {
    this.#sources = [...this.#sources, ...sources]
    this.#around.clear()
  }

  /** Finds an object; undefined when no source shows it. */
  find(reference: ObjectReference): KubeObject | undefined {
    for (const source of this.#sources) {
      const found = covers(source.selection, reference) ? this.#indexOf(source).get(reference.name) : undefined
      if (found !== undefined) return found
    }
    return undefined
  }

  /** All Pods of all namespaces, each once. */
  pods(): Iterable<KubeObject> {
    return this.#sources.filter(({ selection }) => selection.resource.kind === 'Pod').flatMap((source) => source.objects())
  }

  /** What stands around the targets of a namespace. */
  around(namespace: string | undefined): Surroundings {
    const sources = this.#sources.filter(({ selection }) => selection.namespace === namespace && isSurrounding(selection))
    const objects = sources.map((source) => source.objects())
    const known = this.#around.get(namespace ?? '')
    if (known !== undefined && known.objects.every((array, index) => array === objects[index])) return known.surroundings
    const surroundings = surroundingsOf(unique(objects), sources.map(({ selection }) => selection.resource.kind as SurroundingKind))
    this.#around.set(namespace ?? '', { objects, surroundings })
    return surroundings
  }

  #indexOf(source: Source): ReadonlyMap<string, KubeObject> {
    const objects = source.objects()
    const known = this.#byName.get(source)
    if (known?.objects === objects) return known.index
    const index = new Map(objects.map((object) => [object.metadata.name, object]))
    this.#byName.set(source, { objects, index })
    return index
  }
}

function isSurrounding({ resource }: Selection): boolean {
  return SURROUNDING.has(resource.kind)
}

/** A Pod may be both a target and one of a workload's. */
function unique(arrays: readonly (readonly KubeObject[])[]): Iterable<KubeObject> {
  return new Map(arrays.flat().map((object) => [`${object.kind}/${object.metadata.uid ?? object.metadata.name}`, object])).values()
}
