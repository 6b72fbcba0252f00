import { LABELS } from '@fairlead/traffic'
import { describeReference, type KubeObject } from '@fairlead/kube'
import type { Effects } from '../execute/effects.ts'
import type { ConfigName } from '../journal/index.ts'
import { configReference } from '../records/index.ts'
import { configLabel, contentDigest, MARKS } from '../release/index.ts'
import { withStoredContent } from '../release/config-content.ts'
import { usersAnnotations, usersLabels } from '../release/marks.ts'

/** A copy of configuration, and how the object stands that it was made of. */
export interface OwnConfig {
  readonly copy: KubeObject
  /** The name its user gave it. */
  readonly name: string
  /** `other`: it says something else by now, or what is there cannot be told. */
  readonly original: 'missing' | 'equal' | 'other'
}

/** Tells which names may be those of copies: they end in a digest. */
export function mayBeCopy({ name }: { readonly name: string }): boolean {
  return SUFFIX.test(name)
}

/** Looks which of the names are copies of an app, and how their originals stand. Content is compared, and goes nowhere else. */
export async function ownConfigs(app: string, names: readonly ConfigName[], effects: Pick<Effects, 'cluster' | 'namespace'>): Promise<readonly OwnConfig[]> {
  const found = await Promise.all(names.map((name) => ownConfig(app, name, effects)))
  return found.filter((each) => each !== undefined)
}

/** The object a copy was made of, without anything of ours. */
export function originalOf({ copy, name }: OwnConfig): KubeObject {
  const { immutable: _immutable, ...content } = withStoredContent(copy) as KubeObject & { readonly immutable?: boolean }
  const { namespace, labels, annotations } = copy.metadata
  return {
    ...content,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), labels: usersLabels(labels), annotations: usersAnnotations(annotations) },
  }
}

/** Names it for people. */
export function describeConfig({ kind, name }: ConfigName, namespace: string): string {
  return describeReference(configReference(namespace, { kind, name }))
}

const SUFFIX = /-[0-9a-f]{10}$/

async function ownConfig(
  app: string,
  { kind, name }: ConfigName,
  { cluster, namespace }: Pick<Effects, 'cluster' | 'namespace'>,
): Promise<OwnConfig | undefined> {
  const copy = await cluster.get(configReference(namespace, { kind, name }))
  const label = copy?.metadata.labels?.[MARKS.config]
  if (copy === undefined || label === undefined || copy.metadata.labels?.[LABELS.app] !== app) return undefined
  const own = name.replace(SUFFIX, '')
  // The label holds as much of a long name as a label can; of one that was cut the rest is known to nobody.
  if (configLabel(own) !== label) return { copy, name: own, original: 'other' }
  const live = await cluster.get(configReference(namespace, { kind, name: own }))
  return { copy, name: own, original: live === undefined ? 'missing' : contentDigest(live) === contentDigest(copy) ? 'equal' : 'other' }
}
