import type { Problem } from '@fairlead/base'
import { describeObject, type KubeObject } from '@fairlead/kube'
import { LABELS } from '@fairlead/traffic'
import { describeBackend, isToBeAdopted, pointedAt, type Standing } from '../standing/index.ts'
import { openPointer } from './open-pointer.ts'

/** What keeps a Service that is not narrowed from being taken over: a release we know of, a pause that is somebody else's, Pods of another Deployment. */
export function pointerProblems(standing: Standing): readonly Problem[] {
  if (standing.service === undefined || pointedAt(standing) !== undefined) return []
  if (standing.kept.journal.active !== undefined) return openedProblems(standing)
  return isToBeAdopted(standing) ? pauseProblems(standing) : strangerProblems(standing)
}

/** Somebody has taken the slot out of the selector, or another Service is meant: an adoption would forget what is to be gone back to. */
function openedProblems(standing: Standing): readonly Problem[] {
  const opened = openPointer(standing)
  if (opened === undefined) return []
  const { active, said, command } = opened
  return [
    {
      message: `${said}, expected it to lead to ${describeBackend(active.backend)}, where release ${active.release.number} serves`,
      hint: `Once its Pods are ready: ${command}`,
    },
  ]
}

/** A Deployment that somebody else has paused is held by nobody we know. */
function pauseProblems({ plain, kept }: Standing): readonly Problem[] {
  if (plain === undefined || !plain.paused || kept.journal.adoption?.uid === plain.uid) return []
  return [
    {
      message: `${describeObject(plain.object)}: is paused, expected it to roll freely, got paused: true by somebody else`,
      hint: 'Resume it, or wait until whoever paused it is done.',
    },
  ]
}

function strangerProblems({ app, service, slices, pods }: Standing): readonly Problem[] {
  const names = endpointNames(slices)
  const others = pods.filter(({ metadata }) => names.includes(metadata.name) && metadata.labels?.[LABELS.app] !== app)
  const owners = [...new Set(others.map(ownerName))]
  if (service === undefined || names.length === 0) return []
  return [
    {
      message: `${describeObject(service)}: leads to Pods that are none of ${app}'s, expected those of Deployment ${app}, got ${owners.join(', ') || names.join(', ')}`,
      hint: 'Name the Deployment behind the Service in `app`, and the Service in `service`.',
    },
  ]
}

function endpointNames(slices: readonly KubeObject[]): readonly string[] {
  return slices.flatMap((slice) => {
    const { endpoints } = slice as KubeObject & { readonly endpoints?: readonly { readonly targetRef?: { readonly name?: string } }[] | null }
    return (endpoints ?? []).flatMap(({ targetRef }) => (targetRef?.name === undefined ? [] : [targetRef.name]))
  })
}

function ownerName({ metadata }: KubeObject): string {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true)
  return owner === undefined ? `Pod ${metadata.name}` : `${owner.kind} ${owner.name}`
}
