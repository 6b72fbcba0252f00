import { describe, expect, test } from 'vitest'
import { identityOf, imagesOf, withDigests, type Release } from '../../src/release/index.ts'
import { appRelease, templateWith } from './samples.ts'

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`
const OTHER = `sha256:${'f'.repeat(64)}`

const release: Release = {
  apps: [
    appRelease({
      template: templateWith({
        initContainers: [{ name: 'init', image: 'busybox:1.37' }],
        containers: [
          { name: 'web', image: '127.0.0.1:5000/shop/web:1' },
          { name: 'agent', image: `ghcr.io/shop/agent:2@${OTHER}` },
        ],
        volumes: [
          { name: 'model', image: { reference: 'ghcr.io/shop/model:3', pullPolicy: 'Always' } },
          { name: 'none', emptyDir: {} },
        ],
      }),
    }),
    appRelease({
      app: 'api',
      template: templateWith({ initContainers: null, volumes: null, containers: [{ name: 'api', image: 'busybox:1.37' }, { name: 'odd' }] }),
    }),
  ],
  companions: [],
  autoscalers: [],
  notes: [],
}

describe('imagesOf', () => {
  test('answers what has no digest, once, volumes included', () => {
    expect(imagesOf(release)).toEqual(['busybox:1.37', '127.0.0.1:5000/shop/web:1', 'ghcr.io/shop/model:3'])
  })
})

describe('withDigests', () => {
  const pinned = withDigests(release, new Map([...imagesOf(release).map((image) => [image, DIGEST] as const), [`ghcr.io/shop/agent:2@${OTHER}`, DIGEST]]))

  test('puts the digest behind the tag everywhere, and leaves digests that are there', () => {
    expect(pinned.apps.map(({ template, images }) => ({ spec: template.spec, images }))).toEqual([
      {
        spec: {
          initContainers: [{ name: 'init', image: `busybox:1.37@${DIGEST}` }],
          containers: [
            { name: 'web', image: `127.0.0.1:5000/shop/web:1@${DIGEST}` },
            { name: 'agent', image: `ghcr.io/shop/agent:2@${OTHER}` },
          ],
          volumes: [
            { name: 'model', image: { reference: `ghcr.io/shop/model:3@${DIGEST}`, pullPolicy: 'Always' } },
            { name: 'none', emptyDir: {} },
          ],
        },
        images: [`busybox:1.37@${DIGEST}`, `127.0.0.1:5000/shop/web:1@${DIGEST}`, `ghcr.io/shop/agent:2@${OTHER}`],
      },
      {
        spec: { initContainers: null, volumes: null, containers: [{ name: 'api', image: `busybox:1.37@${DIGEST}` }, { name: 'odd' }] },
        images: [`busybox:1.37@${DIGEST}`],
      },
    ])
    expect(imagesOf(pinned)).toEqual([])
  })

  test('computes identities again', () => {
    expect(pinned.apps.map(({ identity }) => identity)).toEqual(pinned.apps.map((app) => identityOf({ ...app, autoscalers: [] })))
  })

  test('tells two contents of one tag apart', () => {
    const other = withDigests(release, new Map([['busybox:1.37', OTHER]]))
    expect(other.apps[1]?.identity).not.toBe(pinned.apps[1]?.identity)
  })

  test('leaves what is not in the map as it is', () => {
    expect(withDigests(release, new Map()).apps.map(({ template }) => template)).toEqual(release.apps.map(({ template }) => template))
  })
})
