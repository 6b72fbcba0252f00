import { randomBytes } from 'node:crypto'
import { isFault } from '@fairlead/base'
import type { KubeObject } from '@fairlead/kube'
import { describe, expect, test } from 'vitest'
import { contentOfRelease, parseRecord, recordObject, type ReleaseRecord } from '../../src/index.ts'
import { NAMESPACE, releaseOf } from '../stage.ts'

const map = (index: number, text: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: part-${index}}\ndata: {text: ${JSON.stringify(text)}}\n`

function recordWith(more: string): ReleaseRecord {
  const release = releaseOf({ web: { version: '1', service: true } }, more)
  const [app] = release.apps
  if (app === undefined) throw new Error('expected one')
  return {
    format: 1,
    app: 'web',
    release: { number: 42, identity: app.identity, images: app.images },
    ...contentOfRelease(app, release, []),
    route: { service: 'web', selector: { app: 'web' }, ports: [] },
    verdicts: { checks: [] },
    times: { accepted: '2026-01-01T00:00:00.000Z' },
  }
}

function faultOf(act: () => unknown): string {
  try {
    act()
    return 'none'
  } catch (error) {
    return isFault(error) ? `${error.code}: ${error.message}` : String(error)
  }
}

const binary = (object: KubeObject) => (object as KubeObject & { readonly binaryData: { readonly record: string } }).binaryData.record
const withRecord = (object: KubeObject, record: string): KubeObject => ({ ...object, binaryData: { record } }) as KubeObject

describe('recordObject', () => {
  test('writes an immutable ConfigMap that says which release of which app it is', () => {
    const { kind, metadata, ...rest } = recordObject(recordWith(''), NAMESPACE)
    expect([kind, metadata.name, metadata.labels, (rest as { readonly immutable?: boolean }).immutable]).toEqual([
      'ConfigMap',
      'fairlead.web.r42',
      { 'fairlead.dev/app': 'web', 'fairlead.dev/record': '42' },
      true,
    ])
  })

  test('is read back as it was written', () => {
    const record = recordWith(map(1, 'hello'))
    expect(parseRecord(recordObject(record, NAMESPACE))).toEqual(JSON.parse(JSON.stringify(record)))
  })

  test('keeps a release of fifty objects under 300 kB', () => {
    const objects = Array.from({ length: 50 }, (_, index) => map(index, randomBytes(2_500).toString('hex')))
    expect(binary(recordObject(recordWith(objects.join('---\n')), NAMESPACE)).length).toBeLessThan(300_000)
  })

  test('refuses what a ConfigMap cannot hold, and names what is too big', () => {
    const text = `${map(1, 'small')}---\n${map(2, randomBytes(1_000_000).toString('hex'))}`
    expect(faultOf(() => recordObject(recordWith(text), NAMESPACE))).toMatch(
      /^INPUT_INVALID: ConfigMap "shop\/fairlead.web.r42": the record of the release is too big, expected at most 900000 bytes compressed, got \d+; the largest are ConfigMap "(?:shop\/)?part-2" with \d+ bytes/,
    )
  })

  test('holds a Secret by its name only', () => {
    const secret =
      'apiVersion: v1\nkind: Secret\nmetadata: {name: key, annotations: {note: c2VjcmV0}}\nstringData: {password: hunter2}\ndata: {token: c2VjcmV0}\n'
    const { companions } = recordWith(secret)
    expect(companions.map(({ kind, metadata }) => [kind, metadata.name])).toEqual([['Secret', 'key']])
    expect(JSON.stringify(companions)).not.toMatch(/hunter2|c2VjcmV0/)
  })
})

describe('parseRecord', () => {
  const whole = recordObject(recordWith(''), NAMESPACE)
  const newer = recordObject({ ...recordWith(''), format: 2 as 1 }, NAMESPACE)
  const DAMAGED: readonly (readonly [name: string, object: KubeObject, says: RegExp])[] = [
    [
      'cut in half',
      withRecord(whole, binary(whole).slice(0, 400)),
      /^CONFLICT: ConfigMap "shop\/fairlead.web.r42": the record was changed or cut off, expected content with sha256 \w{64}, got \w{64}$/,
    ],
    ['edited', withRecord(whole, binary(newer)), /^CONFLICT: .* was changed or cut off/],
    ['emptied', { ...whole, binaryData: {} } as KubeObject, /^CONFLICT: .* was changed or cut off/],
    ['without its sum', { ...whole, metadata: { ...whole.metadata, annotations: {} } }, /^CONFLICT: .* \(none is written beside it\)/],
    ['of a newer format', newer, /^UNSUPPORTED: ConfigMap "shop\/fairlead.web.r42": was written in format 2, expected 1$/],
  ]

  test.for(DAMAGED)('guesses nothing of one that is %s', ([, object, says]) => {
    expect(faultOf(() => parseRecord(object))).toMatch(says)
  })
})
