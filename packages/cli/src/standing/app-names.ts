import { SUITE } from '@fairlead/base'
import type { Cluster, ReadOptions, Resource } from '@fairlead/kube'
import { journalReference } from '@fairlead/rollout'
import { LABELS } from '@fairlead/traffic'

const CONFIG_MAPS: Resource = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true }

/** Finds the apps of a namespace by their journals, in order. */
export async function appNames(cluster: Cluster, namespace: string, options: ReadOptions): Promise<readonly string[]> {
  const { items } = await cluster.list({ resource: CONFIG_MAPS, namespace, labelSelector: LABELS.app }, options)
  const named = items.map(({ metadata }) => ({ app: metadata.labels?.[LABELS.app] ?? '', name: metadata.name }))
  // Records and copies of configuration carry the label as well.
  return named
    .filter(({ app, name }) => name === journalReference(namespace, app).name)
    .map(({ app }) => app)
    .toSorted()
}

/** What to do in a namespace where no app is known. */
export const NO_APPS_HINT = `Apps are known from their first release by Fairlead on: a ConfigMap "${SUITE.fieldManager}.<app>" with the label ${LABELS.app}. Look into another one with --namespace.`
