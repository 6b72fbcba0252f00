import { describeObject, type KubeObject } from '@fairlead/kube'
import type { Standing } from '../standing/index.ts'

const RELEASE = 'meta.helm.sh/release-name'

/** What a `helm upgrade` outside of Fairlead does to an app whose objects belong to a Helm release: told, since nothing of ours keeps Helm from it. */
export function helmNotes({ service, plain }: Standing): readonly string[] {
  const owned = [service, plain?.object].filter((object) => object !== undefined && releaseOf(object) !== undefined) as readonly KubeObject[]
  return [...new Set(owned.map(releaseOf))].map((name) => {
    const objects = owned.filter((object) => releaseOf(object) === name).map(describeObject)
    return `${objects.join(' and ')} ${objects.length === 1 ? 'belongs' : 'belong'} to Helm release ${name ?? ''}: outside of Fairlead, "helm upgrade" with --server-side=false keeps what the Service leads to, but sets a standby at 0 back to the replicas of its manifest; with server-side apply, the default of Helm 4, it fails on the selector of the Service, and with force it opens the Service to both slots`
  })
}

function releaseOf({ metadata: { labels, annotations } }: KubeObject): string | undefined {
  return labels?.['app.kubernetes.io/managed-by'] === 'Helm' ? annotations?.[RELEASE] : undefined
}
