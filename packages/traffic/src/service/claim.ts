import { isFault, SUITE } from '@fairlead/base'
import { type Cluster, type KubeObject, type ReadOptions } from '@fairlead/kube'
import { fieldOwners } from '../field-owner.ts'
import { POINTER_MANAGER } from '../labels.ts'
import { isUnmoved, pointerChanged, readAgain } from './pointer-change.ts'
import { readPointer } from './pointer.ts'

/**
 * Makes sure that an apply of ours which stops naming the selector does not take it away, and answers the Service; the selector stays as it is.
 *
 * A selector that our apply entry owns alone is co-owned by the pointer's manager afterwards. This is a server-side apply of the same value, since an Update records ownership only of
 * what it changes: setting an equal value leaves managedFields as they are, also when the same patch changes something else. The next move is an Update that changes the value, and takes it from both.
 * The Service is to be as `get` or a write answers it, with its managedFields. Fenced by the resourceVersion that was read; a pointer that has moved since is a Fault (CONFLICT).
 */
export async function claimPointer(cluster: Cluster, service: KubeObject, { signal }: ReadOptions = {}): Promise<KubeObject> {
  let last = service
  for (let attempt = 1; needsClaim(last); attempt += 1) {
    try {
      return await cluster.apply(claimOf(last), { manager: POINTER_MANAGER, signal })
    } catch (error) {
      if (!isFault(error, 'CONFLICT') && !isFault(error, 'NOT_FOUND')) throw error
      last = await readAgain(cluster, service, { signal })
      if (!isUnmoved(last, service)) throw pointerChanged(service, last, error)
      if (attempt === ATTEMPTS) throw error
    }
  }
  return last
}

const ATTEMPTS = 5

function needsClaim(service: KubeObject): boolean {
  const owners = fieldOwners(service, ['spec', 'selector'])
  return (
    owners.some(({ manager, operation }) => manager === SUITE.fieldManager && operation === 'Apply') &&
    owners.every(({ manager }) => manager !== POINTER_MANAGER)
  )
}

function claimOf(service: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion } = service.metadata
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
    spec: { selector: readPointer(service).selector },
  }
}
