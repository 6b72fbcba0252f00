import { Fault } from '@fairlead/base'
import type { KubeObject, StringMap } from '@fairlead/kube'
import { LABELS, type SlotName } from '@fairlead/traffic'
import { mapAt, textAt, textsAt, without } from './fields.ts'
import { containerImages } from './images.ts'
import { MARKS, usersAnnotations, usersLabels } from './marks.ts'
import type { AppRelease, PodTemplate } from './release.ts'
import { slotName } from './slot-name.ts'

export interface SlotPlace {
  readonly slot: SlotName
  readonly namespace: string
  /** The number the release has in the history, once it has one. */
  readonly number?: number
}

/**
 * The Deployment that runs a release in a slot. Its selector meets its own Pods and no others: neither the other slot's nor another app's.
 *
 * It has no `replicas`: those belong to another manager. The identity and number of the release are annotations of the Deployment only, so that the same release
 * again is the same Pod template.
 */
export function slotDeployment(release: AppRelease, { slot, namespace, number }: SlotPlace): KubeObject {
  const ours: StringMap = { [LABELS.app]: release.app, [LABELS.slot]: slot }
  const marks: StringMap = { [MARKS.release]: release.identity, ...(number === undefined ? {} : { [MARKS.number]: String(number) }) }
  const { metadata } = release.template
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: slotName(release.app, slot),
      namespace,
      labels: { ...release.labels, ...ours },
      annotations: { ...release.annotations, ...marks },
    },
    spec: {
      revisionHistoryLimit: FEW_REVISIONS,
      ...without(release.deployment, 'replicas', 'paused'),
      selector: { matchLabels: { ...release.selector, ...ours } },
      template: { ...release.template, metadata: { ...metadata, labels: { ...metadata?.labels, ...ours } } },
    },
  }
}

/** Reads the release back out of a slot Deployment, without what the slot has added to it: what `slotDeployment` would make it of, with the defaults of the API server. */
export function readSlotDeployment(live: KubeObject): Pick<AppRelease, 'images' | 'template' | 'selector' | 'deployment' | 'labels' | 'annotations'> {
  const spec = mapAt(live, 'spec')
  const { metadata, ...rest } = spec['template'] as PodTemplate
  const template: PodTemplate = { ...rest, metadata: { ...without({ ...metadata }, 'creationTimestamp'), labels: usersLabels(metadata?.labels) } }
  return {
    images: containerImages(template),
    template,
    selector: usersLabels(textsAt(spec, 'selector', 'matchLabels')),
    deployment: without(spec, 'replicas', 'selector', 'template', 'paused'),
    labels: usersLabels(live.metadata.labels),
    annotations: usersAnnotations(live.metadata.annotations),
  }
}

/** Reads which release a slot Deployment runs; undefined when none of ours wrote it. */
export function readIdentity(deployment: Pick<KubeObject, 'metadata'>): string | undefined {
  return textAt(deployment.metadata.annotations, MARKS.release)
}

/** Reads the number of the release a slot Deployment runs; undefined when it has none yet. Throws a CONFLICT when somebody wrote something else there. */
export function readNumber({ metadata }: Pick<KubeObject, 'metadata'>): number | undefined {
  const text = textAt(metadata.annotations, MARKS.number)
  if (text === undefined) return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new Fault('CONFLICT', `Deployment "${metadata.namespace ?? ''}/${metadata.name}": ${MARKS.number} was changed, expected a number, got "${text}"`, {
    hint: 'Remove the annotation: the next release writes it again.',
  })
}

/** The way back is another slot or a record, never an old ReplicaSet: two are enough to look at. */
const FEW_REVISIONS = 2
