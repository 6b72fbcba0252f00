import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { splitReference } from '../src/images/images.ts'
import { archive, packImage, tar } from '../src/images/oci.ts'

const program = Buffer.from('#!/bin/sh\n')
const pack = (environment: Record<string, string>) => packImage({ reference: '127.0.0.1:5000/shop:1', program, environment })
const parsed = (bytes: Buffer) => JSON.parse(String(bytes))
const extract = (bytes: Buffer, file: string) => execFileSync('tar', ['-xOf', '-', file], { input: bytes })

describe('packImage', () => {
  test('the same program and environment give the same digest, another environment another one', () => {
    const digests = [pack({ VERSION: '1' }), pack({ VERSION: '1' }), pack({ VERSION: '2' })].map((image) => image.manifest.digest)
    expect(digests[0]).toBe(digests[1])
    expect(digests[0]).not.toBe(digests[2])
  })

  test('every descriptor names the bytes it stands for', () => {
    const image = pack({})
    const manifest = parsed(image.manifest.bytes)
    for (const { digest, size, mediaType } of [manifest.config, ...manifest.layers]) {
      const blob = image.blobs.find((one) => one.digest === digest)
      expect({ size, mediaType }).toEqual({ size: blob?.bytes.length, mediaType: blob?.mediaType })
      expect(digest).toBe(
        `sha256:${createHash('sha256')
          .update(blob?.bytes ?? '')
          .digest('hex')}`,
      )
    }
  })

  test('the configuration runs the program as nobody, with the environment', () => {
    const config = pack({ VERSION: '2' }).blobs.find((blob) => blob.mediaType.includes('config'))
    expect(parsed(config?.bytes ?? Buffer.from('{}')).config).toEqual({ User: '65532:65532', Entrypoint: ['/app'], Env: ['VERSION=2'] })
  })
})

describe('archive', () => {
  test('is an OCI layout that tar can read and that carries the full name', () => {
    const image = pack({})
    const bytes = archive(image)
    const names = String(execFileSync('tar', ['-tf', '-'], { input: bytes }))
      .trim()
      .split('\n')
    expect(names).toEqual(['oci-layout', 'index.json', ...[image.manifest, ...image.blobs].map((blob) => `blobs/${blob.digest.replace(':', '/')}`)])
    const [manifest] = parsed(extract(bytes, 'index.json')).manifests
    expect(manifest.annotations['io.containerd.image.name']).toBe('127.0.0.1:5000/shop:1')
    expect(extract(bytes, `blobs/${manifest.digest.replace(':', '/')}`)).toEqual(image.manifest.bytes)
  })
})

describe('tar', () => {
  test('keeps mode and bytes, whatever the length', () => {
    for (const length of [0, 1, 511, 512, 513]) {
      const bytes = Buffer.alloc(length, 'x')
      const packed = tar([{ path: 'app', bytes, mode: 0o755 }])
      expect(extract(packed, 'app')).toEqual(bytes)
      expect(String(execFileSync('tar', ['-tvf', '-'], { input: packed }))).toMatch(/^-rwxr-xr-x /)
    }
  })

  test('refuses a path it could not keep', () => {
    expect(() => tar([{ path: 'a'.repeat(101), bytes: Buffer.alloc(0) }])).toThrow('at most 100 bytes')
  })
})

describe('splitReference', () => {
  test('takes a full name apart', () => {
    expect(splitReference('127.0.0.1:5000/team/shop:2')).toEqual({ host: '127.0.0.1:5000', repository: 'team/shop', tag: '2' })
  })

  test.each(['shop:1', '127.0.0.1:5000/shop', '127.0.0.1:5000/shop@sha256:00'])('refuses "%s"', (reference) => {
    expect(() => splitReference(reference)).toThrow('expected host/repository:tag')
  })
})
