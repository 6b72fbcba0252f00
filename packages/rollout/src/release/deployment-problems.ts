import type { Problem } from '@fairlead/base'
import { isMap, valueAt, type KubeObject, type ManifestObject, type PathSegment, type StringMap } from '@fairlead/kube'
import { listAt, mapAt, textAt, textsAt } from './fields.ts'
import { referenceOf } from './images.ts'
import { problemAt } from './manifest-problem.ts'

/** Finds what keeps a Deployment of the manifests from being run in slots, or from being read at all. */
export function deploymentProblems(manifest: ManifestObject, namespace: string): readonly Problem[] {
  const shape = shapeProblem(manifest, namespace)
  if (shape !== undefined) return [shape]
  return [...selectorProblems(manifest, namespace), ...pausedProblems(manifest, namespace), ...imageProblems(manifest, namespace)]
}

/** Reads the labels that a Deployment's Pods have. */
export function templateLabels(deployment: KubeObject): StringMap {
  return textsAt(deployment, 'spec', 'template', 'metadata', 'labels')
}

/** Writes a label as a manifest does, so that a number and a text look different: `version: 1`, `version: "1"`. */
export function labelText(key: string, value: unknown): string {
  return value === undefined ? `no ${key}` : `${key}: ${JSON.stringify(value)}`
}

function shapeProblem(manifest: ManifestObject, namespace: string): Problem | undefined {
  const containers = listAt(manifest.object, ...CONTAINERS)
  if (containers.length > 0 && [...containers, ...listAt(manifest.object, ...INIT_CONTAINERS)].every((container) => textAt(container, 'name') !== undefined))
    return undefined
  const message = 'its Pod template has no containers, expected a list of containers with names'
  return problemAt(manifest, CONTAINERS, { namespace, message, hint: 'Correct the Deployment.' })
}

const CONTAINERS = ['spec', 'template', 'spec', 'containers'] as const
const INIT_CONTAINERS = ['spec', 'template', 'spec', 'initContainers'] as const

function selectorProblems(manifest: ManifestObject, namespace: string): readonly Problem[] {
  const { object } = manifest
  const path = ['spec', 'selector']
  if (listAt(object, ...path, 'matchExpressions').length > 0) {
    const message = 'its selector cannot be given a slot, expected matchLabels only, got matchExpressions'
    return [
      problemAt(manifest, [...path, 'matchExpressions'], {
        namespace,
        message,
        hint: 'Write the selector with matchLabels: the slots are Deployments of their own.',
      }),
    ]
  }
  const wanted = Object.entries(mapAt(object, ...path, 'matchLabels'))
  if (wanted.length === 0) {
    return [
      problemAt(manifest, path, {
        namespace,
        message: 'has no selector, expected matchLabels',
        hint: 'Add the labels of its Pods as spec.selector.matchLabels.',
      }),
    ]
  }
  const labels = templateLabels(object)
  const unmet = wanted.filter(([key, value]) => labels[key] !== value)
  return unmet.map(([key, value]) => {
    const message = `its Pods do not meet its selector, expected ${labelText(key, value)} on them, got ${labelText(key, labels[key])}`
    return problemAt(manifest, [...path, 'matchLabels', key], { namespace, message, hint: 'Make the selector and the labels of the Pod template agree.' })
  })
}

function pausedProblems(manifest: ManifestObject, namespace: string): readonly Problem[] {
  if (valueAt(manifest.object, ['spec', 'paused']) !== true) return []
  const message = 'is paused, so that no Pod of the release would start, expected no spec.paused, got true'
  return [problemAt(manifest, ['spec', 'paused'], { namespace, message, hint: 'Remove spec.paused.' })]
}

function imageProblems(manifest: ManifestObject, namespace: string): readonly Problem[] {
  return [CONTAINERS, INIT_CONTAINERS].flatMap((path) =>
    listAt(manifest.object, ...path).flatMap((container, index) => {
      const image = valueAt(container, ['image'])
      if (typeof image === 'string' && referenceOf(image) !== undefined) return []
      const message = `container "${textAt(container, 'name')}" has no image that can be pulled, expected a reference such as ghcr.io/shop/web:1.2, got ${shown(image)}`
      const place: readonly PathSegment[] = [...path, index, 'image']
      return [problemAt(manifest, place, { namespace, message, hint: 'Correct the image.' })]
    }),
  )
}

function shown(image: unknown): string {
  if (typeof image === 'string' && image.includes('@') && !image.includes('@sha')) return 'another text'
  return typeof image === 'string' ? `"${image}"` : isMap(image) ? 'a map' : 'none'
}
