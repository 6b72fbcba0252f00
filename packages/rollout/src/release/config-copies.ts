import type { KubeObject, ManifestObject } from '@fairlead/kube'
import { LABELS } from '@fairlead/traffic'
import { contentOf, whyNotCopied, withStoredContent } from './config-content.ts'
import { configReferences, renameConfig, type ConfigReference } from './config-places.ts'
import { digestOf } from './digest.ts'
import { MARKS, usersAnnotations, usersLabels } from './marks.ts'
import type { PodTemplate } from './release.ts'

export interface ConfigQuestion {
  readonly app: string
  readonly namespace: string
  /** The ConfigMaps and Secrets of the release's namespace that come with the release; others may be among them and are passed over. */
  readonly objects: readonly ManifestObject[]
}

export interface ConfigCopies {
  /** With its references renamed to the copies. */
  readonly template: PodTemplate
  /** In the order in which the template names them. */
  readonly copies: readonly KubeObject[]
  /** What was copied, as the user wrote it. */
  readonly copied: readonly ManifestObject[]
  /** What was not, and why. */
  readonly notes: readonly string[]
}

/**
 * Copies the ConfigMaps and Secrets a template refers to under names that carry their content, so that another release cannot change what this one reads.
 *
 * Copies are immutable and belong to one app: another app that refers to the same object has its own. What the release does not bring, what an operator fills in and
 * what the user opted out is left under its own name. No name, label or note shows a Secret's data.
 */
export function copyConfig(template: PodTemplate, { app, namespace, objects }: ConfigQuestion): ConfigCopies {
  const found = configReferences(template).flatMap((reference) => {
    const manifest = objects.find((each) => isMeant(each.object, reference, namespace))
    return manifest === undefined ? [] : [{ reference, manifest, reason: whyNotCopied(manifest.object) }]
  })
  const taken = found.filter(({ reason }) => reason === undefined).map(({ manifest }) => ({ manifest, copy: copyOf(manifest.object, app, namespace) }))
  return {
    template: renameConfig(
      template,
      ({ kind, name }) => taken.find(({ manifest: { object } }) => object.kind === kind && object.metadata.name === name)?.copy.metadata.name ?? name,
    ),
    copies: taken.map(({ copy }) => copy),
    copied: taken.map(({ manifest }) => manifest),
    notes: found.flatMap(({ reference, reason }) => (reason === undefined ? [] : [noteOf(reference, namespace, reason)])),
  }
}

/** The label that says which object a copy was made of: its name, or as much of it as a label's value holds, with a digest. */
export function configLabel(name: string): string {
  return name.length <= MOST_IN_LABEL ? name : `${cut(name, MOST_IN_LABEL - DIGITS - 1)}-${digestOf(name).slice(0, DIGITS)}`
}

const MOST_IN_LABEL = 63
const MOST_IN_NAME = 253
const DIGITS = 10

function isMeant({ apiVersion, kind, metadata }: KubeObject, reference: ConfigReference, namespace: string): boolean {
  return apiVersion === 'v1' && kind === reference.kind && metadata.name === reference.name && (metadata.namespace ?? namespace) === namespace
}

function copyOf(object: KubeObject, app: string, namespace: string): KubeObject {
  const { name, labels, annotations } = object.metadata
  const digest = digestOf({ app, name, kind: object.kind, ...contentOf(object) })
  const copy: KubeObject & { readonly immutable: true } = {
    ...withStoredContent(object),
    metadata: {
      name: `${cut(name, MOST_IN_NAME - DIGITS - 1)}-${digest.slice(0, DIGITS)}`,
      namespace,
      labels: { ...usersLabels(labels), [LABELS.app]: app, [MARKS.config]: configLabel(name) },
      annotations: usersAnnotations(annotations),
    },
    immutable: true,
  }
  return copy
}

/** A name must not end in a dot or hyphen before ours. */
function cut(name: string, length: number): string {
  return name.slice(0, length).replace(/[-.]+$/, '')
}

function noteOf({ kind, name }: ConfigReference, namespace: string, reason: string): string {
  return `${kind} "${namespace}/${name}" is not copied, since ${reason}: both slots read the same one, and a rollback does not restore it`
}
