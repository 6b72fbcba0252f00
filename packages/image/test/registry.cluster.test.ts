import { parseReference } from '@fairlead/image'
import { openRegistry } from '@fairlead/image/registry'
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { systemClock } from '@fairlead/base'
import { afterAll, describe, expect, test } from 'vitest'

const image = parseReference(process.env['FAIRLEAD_TEST_IMAGE'] ?? '127.0.0.1:5000/shop:1')
const registry = openRegistry({
  environment: {},
  workspace: tmpdir(),
  temporaryFolder: tmpdir(),
  origin: { holder: 'ann@laptop #1', actor: 'ann' },
  clock: systemClock,
  signal: new AbortController().signal,
  mask: () => undefined,
})

afterAll(() => registry.close())

describe('digestOf, asked of a real registry', () => {
  test('answers the digest of the bytes that a GET gives', async () => {
    const url = `http://${image.registry}/v2/${image.repository}/manifests/${image.tag}`
    const response = await fetch(url, { headers: { accept: 'application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json' } })
    const digest = `sha256:${createHash('sha256')
      .update(new Uint8Array(await response.arrayBuffer()))
      .digest('hex')}`
    const answer = { type: 'found', digest, mediaType: response.headers.get('content-type') }
    expect(await registry.digestOf(image)).toEqual(answer)
    expect(await registry.digestOf({ ...image, digest })).toEqual(answer)
  })

  test('says that a tag that was never pushed is missing', async () => {
    expect(await registry.digestOf({ ...image, tag: 'never' })).toEqual({
      type: 'missing',
      message: `Image "${image.registry}/${image.repository}:never": is missing, expected the tag never in its repository, got 404 MANIFEST_UNKNOWN`,
    })
  })

  test('says that a digest that was never pushed is missing', async () => {
    expect(await registry.digestOf({ ...image, digest: `sha256:${'0'.repeat(64)}` })).toMatchObject({ type: 'missing' })
  })

  test('cannot see a repository that was never pushed to', async () => {
    expect(await registry.digestOf({ ...image, repository: 'never' })).toMatchObject({ type: 'unreadable' })
  })
})
