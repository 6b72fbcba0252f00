import { isMap, type KubeObject } from '@fairlead/kube'
import { digestOf } from './digest.ts'
import { mapAt, textAt, without } from './fields.ts'
import { MARKS } from './marks.ts'

/** What a ConfigMap or Secret says, in the one form that the API server would store. */
export interface ConfigContent {
  readonly type?: string
  readonly data?: Readonly<Record<string, unknown>>
  readonly binaryData?: Readonly<Record<string, unknown>>
}

/** Reads the content: a Secret's `stringData` as the `data` it becomes, its type with the default. */
export function contentOf(object: KubeObject): ConfigContent {
  const data = { ...mapAt(object, 'data'), ...encoded(mapAt(object, 'stringData')) }
  const binaryData = mapAt(object, 'binaryData')
  return {
    ...(object.kind === 'Secret' ? { type: textAt(object, 'type') ?? 'Opaque' } : {}),
    ...(isEmpty(data) ? {} : { data }),
    ...(isEmpty(binaryData) ? {} : { binaryData }),
  }
}

/** Digests the content of a ConfigMap or Secret, and nothing else of it: not its name, labels or namespace. */
export function contentDigest(object: KubeObject): string {
  return digestOf({ kind: object.kind, ...contentOf(object) })
}

/** Says why an object must stay under its own name: the user wants it, or something else fills it in; undefined when it can be copied. Never shows its data. */
export function whyNotCopied(object: KubeObject): string | undefined {
  const { annotations = {}, labels = {}, ownerReferences = [] } = object.metadata
  if (annotations[MARKS.copy] === 'false') return `${MARKS.copy} is "false"`
  const [owner] = ownerReferences
  if (owner !== undefined) return `${owner.kind} "${owner.name}" owns it`
  const sign = Object.keys({ ...labels, ...annotations }).find((key) => OPERATORS.test(key))
  if (sign !== undefined) return `an operator fills it in, as ${sign} says`
  if (textAt(object, 'type') === 'kubernetes.io/service-account-token') return 'Kubernetes fills it in with the token of a ServiceAccount'
  const { data, binaryData } = contentOf(object)
  return data === undefined && binaryData === undefined ? 'it has no data, so something else must fill it in' : undefined
}

/** The object with its content in the stored form and nothing that a cluster added. */
export function withStoredContent(object: KubeObject): KubeObject {
  return { ...(without({ ...object }, 'data', 'stringData', 'binaryData', 'type', 'status') as unknown as KubeObject), ...contentOf(object) }
}

/** Labels and annotations by which operators that write ConfigMaps and Secrets know theirs. */
const OPERATORS =
  /^(?:[a-z0-9.-]+\.)?(?:cert-manager\.io|external-secrets\.io|bitnami\.com|secrets-store\.csi\.k8s\.io|hashicorp\.com|onepassword\.com|doppler\.com|emberstack\.com|mittwald\.de|openshift\.io)\//

function encoded(texts: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, typeof text === 'string' ? Buffer.from(text, 'utf8').toString('base64') : text]))
}

function isEmpty(map: unknown): boolean {
  return isMap(map) && Object.keys(map).length === 0
}
