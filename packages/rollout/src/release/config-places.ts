import { isMap } from '@fairlead/kube'
import type { PodTemplate } from './release.ts'

/** A ConfigMap or Secret that a template names. */
export interface ConfigReference {
  readonly kind: 'ConfigMap' | 'Secret'
  readonly name: string
}

/** Finds every ConfigMap and Secret a template refers to, each once, in the order of `PLACES`. */
export function configReferences(template: unknown): readonly ConfigReference[] {
  const found = new Map<string, ConfigReference>()
  renameConfig(template, (reference) => {
    found.set(`${reference.kind}/${reference.name}`, reference)
    return reference.name
  })
  return [...found.values()]
}

/** Answers the template with every such reference renamed. Texts that only look like a name, as in arguments, are left alone. */
export function renameConfig<Template = PodTemplate>(template: Template, rename: (reference: ConfigReference) => string): Template {
  return PLACES.reduce<unknown>(
    (whole, { kind, path }) => replacedAt(whole, path, (name) => (typeof name === 'string' ? rename({ kind, name }) : name)),
    template,
  ) as Template
}

interface Place {
  readonly kind: ConfigReference['kind']
  /** `*` is every item of a list. */
  readonly path: readonly string[]
}

/** Everywhere the API of a Pod names a ConfigMap or a Secret of its namespace. */
const PLACES: readonly Place[] = [
  ...['containers', 'initContainers'].flatMap((list) => [
    place('ConfigMap', `${list}.*.env.*.valueFrom.configMapKeyRef.name`),
    place('Secret', `${list}.*.env.*.valueFrom.secretKeyRef.name`),
    place('ConfigMap', `${list}.*.envFrom.*.configMapRef.name`),
    place('Secret', `${list}.*.envFrom.*.secretRef.name`),
  ]),
  place('ConfigMap', 'volumes.*.configMap.name'),
  place('Secret', 'volumes.*.secret.secretName'),
  place('ConfigMap', 'volumes.*.projected.sources.*.configMap.name'),
  place('Secret', 'volumes.*.projected.sources.*.secret.name'),
  place('Secret', 'volumes.*.csi.nodePublishSecretRef.name'),
  place('Secret', 'volumes.*.azureFile.secretName'),
  ...['cephfs', 'rbd', 'iscsi', 'flexVolume', 'scaleIO', 'storageos'].map((type) => place('Secret', `volumes.*.${type}.secretRef.name`)),
  place('Secret', 'imagePullSecrets.*.name'),
]

function place(kind: ConfigReference['kind'], path: string): Place {
  return { kind, path: ['spec', ...path.split('.')] }
}

/** Replaces what stands at a path; shares everything else, and answers the same value when nothing stands there. */
function replacedAt(value: unknown, path: readonly string[], replace: (found: unknown) => unknown): unknown {
  const [segment, ...rest] = path
  if (segment === undefined) return replace(value)
  if (segment === '*') return Array.isArray(value) ? value.map((item) => replacedAt(item, rest, replace)) : value
  if (!isMap(value) || !Object.hasOwn(value, segment)) return value
  return { ...value, [segment]: replacedAt(value[segment], rest, replace) }
}
