import { SUITE } from '@fairlead/base'
import type { StringMap } from '@fairlead/kube'
import { LABELS } from '@fairlead/traffic'

/** The labels and annotations of a release, beside those that traffic goes by. */
export const MARKS = {
  /** Label on a copied ConfigMap or Secret: the name its user gave it. */
  config: `${SUITE.labelPrefix}config`,
  /** Annotation that a user puts on a ConfigMap or Secret: "false" keeps it under its own name. */
  copy: `${SUITE.labelPrefix}copy`,
  /** Annotation on a slot Deployment: the identity of the release in it. */
  release: `${SUITE.labelPrefix}release`,
  /** Annotation on a slot Deployment: the number of the release in it. */
  number: `${SUITE.labelPrefix}number`,
} as const

/** Tells whether a label or annotation is one that only we write. */
export function isOurs(key: string): boolean {
  return key.startsWith(SUITE.labelPrefix) && key !== MARKS.copy
}

/** The user's own labels: without ours, and without the hash that Kubernetes adds for a ReplicaSet. */
export function usersLabels(labels: StringMap = {}): StringMap {
  return kept(labels, (key) => !isOurs(key) && key !== LABELS.hash)
}

/** The user's own annotations: without ours, and without what tools keep there about one object or one run, which would be untrue of a copy. */
export function usersAnnotations(annotations: StringMap = {}): StringMap {
  return kept(annotations, (key) => !isOurs(key) && !isBookkeeping(key))
}

/** Tells whether an annotation records what a tool did to one object, `kubectl rollout restart` included. */
export function isBookkeeping(key: string): boolean {
  return BOOKKEEPING.test(key)
}

/** `last-applied-configuration` of a Secret holds its data, so it must not be copied for that reason alone. */
const BOOKKEEPING =
  /^kubectl\.kubernetes\.io\/last-applied-configuration$|^deployment\.kubernetes\.io\/|^meta\.helm\.sh\/|\/restartedAt$|^cattle\.io\/timestamp$/

function kept(map: StringMap, keep: (key: string) => boolean): StringMap {
  return Object.fromEntries(Object.entries(map).filter(([key]) => keep(key)))
}
