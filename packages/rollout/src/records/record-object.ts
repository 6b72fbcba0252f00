import { createHash } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import { Fault, SUITE } from '@fairlead/base'
import { describeObject, isMap, type KubeObject } from '@fairlead/kube'
import { LABELS } from '@fairlead/traffic'
import type { ReleaseRecord } from './release-record.ts'

/** Label on a record: the number of its release. */
export const RECORD_LABEL = `${SUITE.labelPrefix}record`

const SUM = `${SUITE.labelPrefix}sha256`
const KEY = 'record'
/** The API server takes a ConfigMap of one MiB. */
const LIMIT = 900_000
/** No record unpacks to more: whatever does was not written by us. */
const UNPACKED = 64 * 1024 * 1024

interface ImmutableConfigMap extends KubeObject {
  readonly immutable: true
  readonly binaryData: Readonly<Record<string, string>>
}

/** Names the ConfigMap that holds the record of a release. */
export function recordName(app: string, number: number): string {
  return `${SUITE.fieldManager}.${app}.r${number}`
}

/** Writes a record as the ConfigMap it is kept in. Throws INPUT_INVALID with the largest of its parts when it is too big to be kept. */
export function recordObject(record: ReleaseRecord, namespace: string): KubeObject {
  const { app, release } = record
  const content = gzipSync(JSON.stringify(record), { level: 9 })
  const name = recordName(app, release.number)
  if (content.length > LIMIT) throw tooBig(`ConfigMap "${namespace}/${name}"`, record, content.length)
  const object: ImmutableConfigMap = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, labels: { [LABELS.app]: app, [RECORD_LABEL]: String(release.number) }, annotations: { [SUM]: sumOf(content) } },
    immutable: true,
    binaryData: { [KEY]: content.toString('base64') },
  }
  return object
}

/** Reads a record out of its ConfigMap. Throws CONFLICT when it is not what was written, UNSUPPORTED when it was written by a newer version: nothing of it is guessed. */
export function parseRecord(object: KubeObject): ReleaseRecord {
  const { binaryData } = object as KubeObject & { readonly binaryData?: Readonly<Record<string, string>> }
  const content = Buffer.from(binaryData?.[KEY] ?? '', 'base64')
  const wanted = object.metadata.annotations?.[SUM]
  const got = sumOf(content)
  if (content.length === 0 || wanted !== got) throw damaged(object, `expected content with sha256 ${wanted ?? '(none is written beside it)'}, got ${got}`)
  const value = unpacked(content)
  if (!isMap(value) || typeof value['format'] !== 'number') throw damaged(object, 'expected the record of a release, got something else')
  if (value['format'] !== 1) {
    throw new Fault('UNSUPPORTED', `${describeObject(object)}: was written in format ${value['format']}, expected 1`, {
      hint: 'Use the version of Fairlead that has released it, or a newer one.',
    })
  }
  // Format 1 with the sum that `recordObject` wrote beside it.
  return value as unknown as ReleaseRecord
}

function unpacked(content: Buffer): unknown {
  try {
    return JSON.parse(gunzipSync(content, { maxOutputLength: UNPACKED }).toString('utf8'))
  } catch {
    // The caller says that it is no record.
    return undefined
  }
}

function damaged(object: KubeObject, what: string): Fault {
  return new Fault('CONFLICT', `${describeObject(object)}: the record was changed or cut off, ${what}`, {
    hint: 'Go back to another release by `to`, or deploy that one again from its sources. Nothing is restored from a record that is not whole.',
  })
}

function tooBig(name: string, { deployment, service, companions, autoscalers }: ReleaseRecord, size: number): Fault {
  const parts = [
    { name: `Deployment "${deployment.identity.slice(0, 12)}"`, size: JSON.stringify(deployment).length },
    ...[...companions, ...autoscalers, ...(service === undefined ? [] : [service])].map((object) => ({
      name: describeObject(object),
      size: JSON.stringify(object).length,
    })),
  ]
  const largest = parts.toSorted((one, other) => other.size - one.size).slice(0, 3)
  const told = largest.map((part) => `${part.name} with ${part.size} bytes`).join(', ')
  return new Fault(
    'INPUT_INVALID',
    `${name}: the record of the release is too big, expected at most ${LIMIT} bytes compressed, got ${size}; the largest are ${told}`,
    {
      hint: 'Keep large content out of the objects of the release: in an image, a volume or an object of its own that is not part of it.',
    },
  )
}

function sumOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}
