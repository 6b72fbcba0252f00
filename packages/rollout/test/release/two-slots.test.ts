import { describe, expect, test } from 'vitest'
import { claimsAmong, slotNotes, slotRefusals } from '../../src/release/index.ts'
import { manifests, templateWith } from './samples.ts'

const CLAIMS = new Map([
  ['once', ['ReadWriteOnce']],
  ['pod', ['ReadWriteOncePod']],
  ['many', ['ReadWriteOnce', 'ReadWriteMany']],
])

const claiming = (...names: readonly string[]) =>
  templateWith({ volumes: names.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })) })

describe('slotRefusals', () => {
  test('refuses Recreate and claims that one node can mount, all at once', () => {
    expect(slotRefusals(claiming('many', 'once', 'pod', 'unknown'), { strategy: { type: 'Recreate' } }, { claims: CLAIMS, app: 'web' })).toEqual([
      {
        message: 'Deployment "web": strategy Recreate says that two releases must not run at once, expected RollingUpdate, got Recreate',
        hint: 'Leave the strategy out if two releases may run beside each other.',
      },
      {
        message: 'Deployment "web": PersistentVolumeClaim "once" can be mounted by one slot only, expected ReadWriteMany or ReadOnlyMany, got ReadWriteOnce',
        hint: 'Keep the data outside of the Pods, or leave this app out of `app`.',
      },
      {
        message: 'Deployment "web": PersistentVolumeClaim "pod" can be mounted by one slot only, expected ReadWriteMany or ReadOnlyMany, got ReadWriteOncePod',
        hint: 'Keep the data outside of the Pods, or leave this app out of `app`.',
      },
    ])
  })

  test('takes what two slots can share', () => {
    expect(slotRefusals(claiming('many', 'unknown'), { strategy: { type: 'RollingUpdate' } }, { claims: CLAIMS })).toEqual([])
  })

  test('says where it stands in the manifests', () => {
    const [manifest] = manifests(
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec:\n  strategy:\n    type: Recreate\n  template: { spec: { volumes: [] } }\n',
    )
    if (manifest === undefined) throw new Error('nothing was parsed')
    expect(slotRefusals(templateWith(), { strategy: { type: 'Recreate' } }, { claims: CLAIMS, manifest })).toMatchObject([
      { position: { file: 'web.yaml', line: 6, column: 5 } },
    ])
  })
})

describe('claimsAmong', () => {
  test('reads the access modes of claims', () => {
    const objects = manifests(
      'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: once }\nspec: { accessModes: [ReadWriteOnce] }\n---\napiVersion: v1\nkind: PersistentVolume\nmetadata: { name: other }\nspec: { accessModes: [ReadWriteOnce] }\n',
    )
    expect(claimsAmong(objects.map(({ object }) => object))).toEqual(new Map([['once', ['ReadWriteOnce']]]))
  })
})

const READY = { readinessProbe: { httpGet: { port: 80 } }, lifecycle: { preStop: { sleep: { seconds: 5 } } } }
const ready = (more: Readonly<Record<string, unknown>> = {}) => ({ name: 'web', image: 'web:1', ...READY, ...more })

describe('slotNotes', () => {
  const NOTES: readonly (readonly [string, Readonly<Record<string, unknown>>, readonly string[]])[] = [
    ['nothing of a container that can be seen and ends well', { containers: [ready()] }, []],
    ['no readiness probe', { containers: [ready({ readinessProbe: undefined })] }, ['container "web" has no readinessProbe: Ready means no more than started']],
    [
      'no preStop',
      { containers: [ready({ lifecycle: {} })] },
      ['container "web" has no preStop: unless it goes on serving for a while after SIGTERM, it refuses requests that nodes still send it'],
    ],
    ['nothing of a second container without ports', { containers: [ready({ ports: [{ containerPort: 80 }] }), { name: 'log', image: 'log:1' }] }, []],
    [
      'a preStop that outlasts the grace period',
      { containers: [ready()], terminationGracePeriodSeconds: 5 },
      [
        'container "web" is killed in its preStop: it sleeps 5 s of a terminationGracePeriodSeconds of 5',
        'terminationGracePeriodSeconds is 5: requests that take longer are cut off',
      ],
    ],
    [
      'a port of the node',
      { containers: [ready({ ports: [{ containerPort: 80, hostPort: 8080 }] })] },
      ['hostPort 8080: a node can run the Pods of one slot only, so both slots need nodes enough'],
    ],
    [
      'the network of the node',
      { containers: [ready({ ports: [{ containerPort: 80, hostPort: 80 }] })], hostNetwork: true },
      ['hostNetwork: a node can run the Pods of one slot only, so both slots need nodes enough'],
    ],
    [
      'Pods that must be apart',
      {
        containers: [ready()],
        affinity: {
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'web' } } }],
          },
        },
      },
      ['podAntiAffinity is required between Pods of the app: the slots need a place each for all of their Pods'],
    ],
    [
      'nothing of Pods that must be apart within one template only, or from other apps',
      {
        containers: [ready()],
        affinity: {
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              { labelSelector: { matchLabels: { app: 'web' } }, matchLabelKeys: ['pod-template-hash'] },
              { labelSelector: { matchLabels: { app: 'db' } } },
            ],
          },
        },
      },
      [],
    ],
  ]
  test.each(NOTES)('notes %s', (_what, spec, notes) => {
    expect(slotNotes(templateWith(spec))).toEqual(notes)
  })
})
