import type { KubeObject } from '@fairlead/kube'
import { describe, expect, test } from 'vitest'
import { releaseFromImage, slotDeployment, withDigests } from '../../src/release/index.ts'
import { faultOf } from './samples.ts'

/** A Deployment as the API server answers it, with its defaults. */
function live(spec: Readonly<Record<string, unknown>> = {}, more: Readonly<Record<string, unknown>> = {}): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'web',
      namespace: 'shop',
      uid: 'u',
      resourceVersion: '7',
      labels: { app: 'web', 'fairlead.dev/app': 'web' },
      annotations: { owner: 'shop', 'deployment.kubernetes.io/revision': '3', 'fairlead.dev/release': 'beef', 'meta.helm.sh/release-name': 'web' },
    },
    spec: {
      replicas: 3,
      paused: true,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      selector: { matchLabels: { app: 'web', 'fairlead.dev/app': 'web', 'fairlead.dev/slot': 'blue' } },
      template: {
        metadata: {
          creationTimestamp: null,
          labels: { app: 'web', 'fairlead.dev/app': 'web', 'fairlead.dev/slot': 'blue' },
          annotations: { scrape: 'yes', 'kubectl.kubernetes.io/restartedAt': '2026-01-01T00:00:00Z' },
        },
        spec: {
          containers: [{ name: 'web', image: 'ghcr.io/shop/web:1', terminationMessagePath: '/dev/termination-log' }],
          volumes: [{ name: 'settings', configMap: { name: 'web-config-0123456789' } }],
          restartPolicy: 'Always',
          ...spec,
        },
      },
      ...more,
    },
    status: { replicas: 3 },
  }
}

const release = (active: KubeObject, image = 'ghcr.io/shop/web:2') => releaseFromImage(active, { app: 'web', image })

describe('releaseFromImage', () => {
  test('takes over the live template with the image, defaults and names of copies included, marks and restarts left out', () => {
    expect(release(live())).toEqual({
      app: 'web',
      identity: expect.stringMatching(/^[0-9a-f]{64}$/),
      images: ['ghcr.io/shop/web:2'],
      template: {
        metadata: { labels: { app: 'web' }, annotations: { scrape: 'yes' } },
        spec: {
          containers: [{ name: 'web', image: 'ghcr.io/shop/web:2', terminationMessagePath: '/dev/termination-log' }],
          volumes: [{ name: 'settings', configMap: { name: 'web-config-0123456789' } }],
          restartPolicy: 'Always',
        },
      },
      selector: { app: 'web' },
      deployment: {
        revisionHistoryLimit: 10,
        progressDeadlineSeconds: 600,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      },
      labels: { app: 'web' },
      annotations: { owner: 'shop' },
      replicas: undefined,
      config: [],
      notes: ['Deployment "shop/web": the annotation kubectl.kubernetes.io/restartedAt of its live template is not part of the release'],
    })
  })

  test('is the same release when it is read from the slot it has gone to', () => {
    const first = release(live())
    const slot = slotDeployment(first, { slot: 'green', namespace: 'shop', number: 2 })
    expect(release(slot)).toEqual({ ...first, notes: [] })
  })

  test('is the same release when its digest has been put in', () => {
    const digest = `sha256:${'a'.repeat(64)}`
    const resolved = (active: KubeObject) =>
      withDigests({ apps: [release(active)], companions: [], autoscalers: [], notes: [] }, new Map([['ghcr.io/shop/web:2', digest]])).apps[0]
    const first = resolved(live())
    if (first === undefined) throw new Error('no app')
    expect(resolved(slotDeployment(first, { slot: 'green', namespace: 'shop' }))?.identity).toBe(first.identity)
  })

  const TABLE: readonly (readonly [string, Readonly<Record<string, unknown>>, string, Readonly<Record<string, unknown>>])[] = [
    [
      'the only container, whatever it ran',
      { containers: [{ name: 'web', image: 'docker.io/dev/web:1' }] },
      'ghcr.io/shop/web:2',
      { containers: [{ name: 'web', image: 'ghcr.io/shop/web:2' }] },
    ],
    [
      'those of the repository among several',
      {
        containers: [
          { name: 'log', image: 'fluent:1' },
          { name: 'web', image: 'docker.io/library/web:1' },
          { name: 'worker', image: `web@sha256:${'a'.repeat(64)}` },
        ],
      },
      'web:2',
      {
        containers: [
          { name: 'log', image: 'fluent:1' },
          { name: 'web', image: 'web:2' },
          { name: 'worker', image: 'web:2' },
        ],
      },
    ],
    [
      'init containers of the repository, and of the one that is replaced',
      {
        containers: [{ name: 'web', image: 'dev.example/web:1' }],
        initContainers: [
          { name: 'migrate', image: 'dev.example/web:1' },
          { name: 'warm', image: 'ghcr.io/shop/web:1' },
          { name: 'wait', image: 'busybox:1' },
        ],
      },
      'ghcr.io/shop/web:2',
      {
        containers: [{ name: 'web', image: 'ghcr.io/shop/web:2' }],
        initContainers: [
          { name: 'migrate', image: 'ghcr.io/shop/web:2' },
          { name: 'warm', image: 'ghcr.io/shop/web:2' },
          { name: 'wait', image: 'busybox:1' },
        ],
      },
    ],
  ]
  test.each(TABLE)('gives the image to %s', (_what, spec, image, wanted) => {
    expect(release(live(spec), image).template.spec).toMatchObject(wanted)
  })

  test('refuses to guess, and lists the containers', () => {
    const containers = [{ name: 'web', image: 'ghcr.io/shop/site:1' }, { name: 'log', image: 'fluent:1' }, { name: 'odd' }]
    expect(faultOf(() => release(live({ containers })))).toMatchObject({
      code: 'INPUT_INVALID',
      message:
        'Deployment "shop/web": it is not plain which container the image is for, expected one of the repository of ghcr.io/shop/web:2, got web (ghcr.io/shop/site:1), log (fluent:1), odd (no image)',
      hint: 'Use `manifests` to say what every container runs.',
    })
  })

  test('refuses a selector that cannot be given a slot', () => {
    const selector = { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'Exists' }] }
    expect(faultOf(() => release(live({}, { selector })))).toMatchObject({
      code: 'INPUT_INVALID',
      message: 'Deployment "shop/web": its selector cannot be given a slot, expected matchLabels only, got matchExpressions',
    })
  })

  test('refuses an image that is none', () => {
    expect(faultOf(() => release(live(), 'not an image')).code).toBe('INPUT_INVALID')
  })
})
