import { isMap, type KubeObject, type StringMap } from '@fairlead/kube'
import { LABELS } from '@fairlead/traffic'
import type { ConfigName } from '../journal/index.ts'
import { renameConfig } from '../release/config-places.ts'
import { isOurs, usersAnnotations, usersLabels } from '../release/marks.ts'

/** What a Deployment of the user's own is made with. */
export interface PlainParts {
  readonly app: string
  /** The labels its Pods are known by, where there is no Deployment that says so already. */
  readonly selector: StringMap
  readonly replicas: number
  /** Gives configuration its own name again. */
  readonly rename: (config: ConfigName) => string
}

/** A Deployment that runs what a slot runs, with nothing of ours in its template. Until the app has left, one label says that it is ours to change. */
export function plainDeployment(slot: KubeObject, { app, selector, replicas, rename }: PlainParts): KubeObject {
  const { namespace, labels, annotations } = slot.metadata
  const { revisionHistoryLimit, ...spec } = sharedSpec(slot)
  return {
    apiVersion: slot.apiVersion,
    kind: slot.kind,
    metadata: {
      name: app,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...usersLabels(labels), [LABELS.app]: app },
      annotations: usersAnnotations(annotations),
    },
    // Two is what slots are given where nobody says otherwise.
    spec: {
      ...spec,
      ...(revisionHistoryLimit === 2 ? {} : { revisionHistoryLimit }),
      replicas,
      selector: { matchLabels: selector },
      template: templateOf(slot, rename),
    },
  }
}

/** The Deployment that is there, running what a slot runs and let go. What it is known by cannot change. */
export function plainAgain(plain: KubeObject, slot: KubeObject, parts: PlainParts): KubeObject {
  const made = plainDeployment(slot, parts)
  const { selector, revisionHistoryLimit, paused: _paused, ...kept } = plain.spec as Readonly<Record<string, unknown>>
  const { annotations } = plain.metadata
  return {
    ...plain,
    metadata: {
      ...plain.metadata,
      labels: { ...plain.metadata.labels, ...made.metadata.labels },
      annotations: { ...annotations, ...made.metadata.annotations },
    },
    spec: { ...kept, ...(made.spec as object), selector, revisionHistoryLimit },
  }
}

/** What of a slot's spec its user wrote. */
function sharedSpec({ spec }: KubeObject): Readonly<Record<string, unknown>> {
  const { replicas: _replicas, paused: _paused, selector: _selector, template: _template, ...rest } = spec as Readonly<Record<string, unknown>>
  return rest
}

/** A slot's template under its user's own names. */
function templateOf({ spec }: KubeObject, rename: PlainParts['rename']): unknown {
  const { template } = spec as { readonly template: Readonly<Record<string, unknown>> }
  const { labels, annotations, ...metadata } = (isMap(template['metadata']) ? template['metadata'] : {}) as {
    readonly labels?: StringMap
    readonly annotations?: StringMap
  }
  const kept = Object.fromEntries(Object.entries(annotations ?? {}).filter(([key]) => !isOurs(key)))
  return renameConfig(
    { ...template, metadata: { ...metadata, labels: usersLabels(labels), ...(Object.keys(kept).length === 0 ? {} : { annotations: kept }) } },
    rename,
  )
}
