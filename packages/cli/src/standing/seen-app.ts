import { isFault, type Fault } from '@fairlead/base'
import { referenceKey, type Cluster, type ObjectReference, type ReadOptions } from '@fairlead/kube'
import { journalReference, observeApps, type AppPlace, type Standing } from '@fairlead/rollout'

/** An app as it was seen, as far as it could be. */
export interface SeenApp {
  readonly standing: Standing
  /** Why its journal says nothing; the standing has an empty one then. */
  readonly unreadable?: Fault
}

interface Looking {
  readonly namespace: string
  readonly now: Date
  readonly signal: AbortSignal
}

/** Reads how apps stand. A journal that cannot be understood is told, and keeps nobody from seeing the rest: what users get does not depend on it. */
export async function seeApps(cluster: Cluster, places: readonly AppPlace[], looking: Looking): Promise<readonly SeenApp[]> {
  const { namespace, now, signal } = looking
  if (places.length === 0) return []
  const observe = (from: Cluster) => observeApps(from, namespace, { apps: places, now, signal })
  try {
    return (await observe(cluster)).map((standing) => ({ standing }))
  } catch (error) {
    if (!isUnreadable(error)) throw error
    const [only] = places
    if (places.length > 1 || only === undefined) return (await Promise.all(places.map((place) => seeApps(cluster, [place], looking)))).flat()
    const blind = withoutObject(cluster, journalReference(namespace, only.app))
    return (await observe(blind)).map((standing) => ({ standing, unreadable: error }))
  }
}

/** The journal was written by a newer version, or by somebody's editor. */
function isUnreadable(error: unknown): error is Fault {
  return isFault(error, 'CONFLICT') || isFault(error, 'UNSUPPORTED')
}

/** The same cluster as if one object were not there. */
function withoutObject(cluster: Cluster, hidden: ObjectReference): Cluster {
  const get = async (reference: ObjectReference, options?: ReadOptions) =>
    referenceKey(reference) === referenceKey(hidden) ? undefined : await cluster.get(reference, options)
  return new Proxy(cluster, {
    get(target, name) {
      if (name === 'get') return get
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? (member.bind(target) as unknown) : member
    },
  })
}
