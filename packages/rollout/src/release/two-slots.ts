import type { Problem } from '@fairlead/base'
import { isMap, selects, valueAt, type KubeObject, type ManifestObject, type PathSegment } from '@fairlead/kube'
import { listAt, textAt } from './fields.ts'
import type { AppRelease, Container, PodTemplate } from './release.ts'

export interface SlotQuestion {
  /** Access modes by the name of the claim, from the cluster or the manifests. */
  readonly claims: ReadonlyMap<string, readonly string[]>
  /** Named in the sentences. */
  readonly app?: string
  /** Where the Deployment stands in the user's files: gives problems their place. */
  readonly manifest?: ManifestObject
}

/** What keeps an app from running in two slots at once, all of it. A claim nobody knows is no refusal. */
export function slotRefusals(template: PodTemplate, deployment: AppRelease['deployment'], question: SlotQuestion): readonly Problem[] {
  return [...recreation(deployment, question), ...singleClaims(template, question)]
}

/** What the user should know before two slots run, none of which keeps them from it. */
export function slotNotes(template: PodTemplate): readonly string[] {
  const { containers } = template.spec
  const serving = containers.filter((container) => containers.length === 1 || listAt(container, 'ports').length > 0)
  return [
    ...serving.flatMap(probeNote),
    ...serving.flatMap((container) => endNote(container, graceOf(template))),
    ...graceNote(template),
    ...hostNotes(template),
    ...affinityNote(template),
  ]
}

/** Reads the access modes of the claims among some objects of one namespace, for `slotRefusals`. */
export function claimsAmong(objects: readonly KubeObject[]): ReadonlyMap<string, readonly string[]> {
  const claims = objects.filter(({ apiVersion, kind }) => apiVersion === 'v1' && kind === 'PersistentVolumeClaim')
  return new Map(claims.map((claim) => [claim.metadata.name, listAt(claim, 'spec', 'accessModes').filter((mode) => typeof mode === 'string')]))
}

function recreation(deployment: AppRelease['deployment'], question: SlotQuestion): readonly Problem[] {
  if (textAt(deployment, 'strategy', 'type') !== 'Recreate') return []
  const message = `${subject(question)}: strategy Recreate says that two releases must not run at once, expected RollingUpdate, got Recreate`
  return [problem(question, ['spec', 'strategy', 'type'], { message, hint: 'Leave the strategy out if two releases may run beside each other.' })]
}

function singleClaims({ spec }: PodTemplate, question: SlotQuestion): readonly Problem[] {
  return (spec.volumes ?? []).flatMap((volume, index) => {
    const claim = textAt(volume, 'persistentVolumeClaim', 'claimName')
    const modes = claim === undefined ? [] : (question.claims.get(claim) ?? [])
    if (modes.length === 0 || !modes.every((mode) => ONE_NODE.has(mode))) return []
    const message = `${subject(question)}: PersistentVolumeClaim "${claim}" can be mounted by one slot only, expected ReadWriteMany or ReadOnlyMany, got ${modes.join(', ')}`
    return [
      problem(question, ['spec', 'template', 'spec', 'volumes', index], {
        message,
        hint: 'Keep the data outside of the Pods, or leave this app out of `app`.',
      }),
    ]
  })
}

const ONE_NODE: ReadonlySet<string> = new Set(['ReadWriteOnce', 'ReadWriteOncePod'])

function subject({ app, manifest }: SlotQuestion): string {
  return `Deployment "${app ?? manifest?.object.metadata.name ?? ''}"`
}

function problem({ manifest }: SlotQuestion, path: readonly PathSegment[], said: Problem): Problem {
  return manifest === undefined ? said : { ...said, position: manifest.positionOf(path) }
}

function probeNote(container: Container): readonly string[] {
  if (isMap(valueAt(container, ['readinessProbe']))) return []
  return [`container "${container.name}" has no readinessProbe: Ready means no more than started`]
}

function endNote(container: Container, grace: number): readonly string[] {
  const preStop = valueAt(container, ['lifecycle', 'preStop'])
  if (!isMap(preStop)) {
    return [`container "${container.name}" has no preStop: unless it goes on serving for a while after SIGTERM, it refuses requests that nodes still send it`]
  }
  const seconds = valueAt(preStop, ['sleep', 'seconds'])
  if (typeof seconds !== 'number' || seconds < grace) return []
  return [`container "${container.name}" is killed in its preStop: it sleeps ${seconds} s of a terminationGracePeriodSeconds of ${grace}`]
}

function graceOf({ spec }: PodTemplate): number {
  const seconds = valueAt(spec, ['terminationGracePeriodSeconds'])
  return typeof seconds === 'number' ? seconds : DEFAULT_GRACE
}

function graceNote(template: PodTemplate): readonly string[] {
  const grace = graceOf(template)
  return grace >= SHORTEST_GRACE ? [] : [`terminationGracePeriodSeconds is ${grace}: requests that take longer are cut off`]
}

const DEFAULT_GRACE = 30
const SHORTEST_GRACE = 10

function hostNotes({ spec }: PodTemplate): readonly string[] {
  if (valueAt(spec, ['hostNetwork']) === true) return ['hostNetwork: a node can run the Pods of one slot only, so both slots need nodes enough']
  const ports = spec.containers.flatMap((container) => listAt(container, 'ports')).map((port) => valueAt(port, ['hostPort']))
  const taken = ports.filter((port) => typeof port === 'number')
  return taken.map((port) => `hostPort ${port}: a node can run the Pods of one slot only, so both slots need nodes enough`)
}

/** Both slots' Pods carry the user's labels, so a term that keeps Pods of the app apart keeps the slots apart as well. */
function affinityNote({ metadata, spec }: PodTemplate): readonly string[] {
  const terms = listAt(spec, 'affinity', 'podAntiAffinity', 'requiredDuringSchedulingIgnoredDuringExecution')
  const apart = terms.some((term) => {
    const selector = valueAt(term, ['labelSelector'])
    return isMap(selector) && listAt(term, 'matchLabelKeys').length === 0 && selects(selector, metadata?.labels)
  })
  return apart ? ['podAntiAffinity is required between Pods of the app: the slots need a place each for all of their Pods'] : []
}
