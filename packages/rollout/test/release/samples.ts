import { parseManifests, type KubeObject, type ManifestObject } from '@fairlead/kube'
import { isFault, type Fault } from '@fairlead/base'
import type { AppRelease, PodTemplate } from '../../src/release/release.ts'

/** A template with one container, and more on demand. */
export function templateWith(spec: Readonly<Record<string, unknown>> = {}): PodTemplate {
  return { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'ghcr.io/shop/web:1' }], ...spec } }
}

/** A release of app web, as the readers would answer it. */
export function appRelease(changes: Partial<AppRelease> = {}): AppRelease {
  return {
    app: 'web',
    identity: 'f00d',
    images: ['ghcr.io/shop/web:1'],
    template: templateWith(),
    selector: { app: 'web' },
    deployment: { minReadySeconds: 1 },
    labels: { team: 'shop' },
    annotations: { owner: 'shop' },
    replicas: undefined,
    config: [],
    notes: [],
    ...changes,
  }
}

/** Reads one file of manifests. */
export function manifests(text: string): readonly ManifestObject[] {
  return parseManifests([{ file: 'web.yaml', text }])
}

/** An object as manifest, at a place that does not matter. */
export function manifestOf(object: KubeObject): ManifestObject {
  return { object, file: 'any.yaml', line: 1, positionOf: () => ({ file: 'any.yaml', line: 1, column: 1 }) }
}

/** A ConfigMap or Secret. */
export function config(kind: 'ConfigMap' | 'Secret', name: string, more: Readonly<Record<string, unknown>> = { data: { a: 'YQ==' } }): KubeObject {
  return { apiVersion: 'v1', kind, metadata: { name }, ...more }
}

/** Runs what must be refused, and answers the fault. */
export function faultOf(action: () => unknown): Fault {
  try {
    action()
  } catch (error) {
    if (isFault(error)) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
