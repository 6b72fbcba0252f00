import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import fc from 'fast-check'
import { parseManifests, type ManifestObject } from '@fairlead/kube'
import { describe, expect, test } from 'vitest'
import { releaseFromManifests, type ManifestQuestion, type Release } from '../../src/release/index.ts'
import { faultOf, manifests } from './samples.ts'

const SHOP = resolve(import.meta.dirname, '../../../../examples/shop/manifest')

const question = (apps: readonly string[] = ['web'], services: Readonly<Record<string, string>> = {}): ManifestQuestion => ({
  apps,
  services: new Map(Object.entries(services)),
  namespace: 'shop',
})

const read = (text: string, ...asked: Parameters<typeof question>) => releaseFromManifests(manifests(text), question(...asked))
const problemsOf = (text: string, ...asked: Parameters<typeof question>) => faultOf(() => read(text, ...asked)).problems

/** A Deployment in eleven lines; the template's spec takes more of them. */
const deployment = (name: string, more = '') => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers: [{ name: ${name}, image: "ghcr.io/shop/${name}:1" }]
${more}---
`
const service = (name: string, selector = `{ app: ${name} }`) => `apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { selector: ${selector}, ports: [{ port: 80 }] }
---
`
const other = (apiVersion: string, kind: string, name: string, more = '') =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: ${name} }\n${more}---\n`

const named = ({ object: { kind, metadata } }: ManifestObject) => `${kind}/${metadata.name}`

/** A release without what a person cannot write down: the functions that know places. */
function plain({ apps, companions, autoscalers, notes }: Release): unknown {
  return {
    apps: apps.map(({ manifest, service, ...app }) => ({
      ...app,
      service: service && { object: service.object, selector: service.selector, manifest: named(service.manifest) },
      manifest: manifest && named(manifest),
    })),
    companions: companions.map(named),
    autoscalers: autoscalers.map(({ app, manifest }) => ({ app, manifest: named(manifest) })),
    notes,
  }
}

describe('releaseFromManifests', () => {
  test('reads the sample application, whole', async () => {
    const files = await Promise.all(['hpa.yaml', 'shop.yaml'].map(async (file) => ({ file, text: await readFile(resolve(SHOP, file), 'utf8') })))
    const objects = parseManifests(files)
    const template = objects.find(({ object }) => object.kind === 'Deployment')?.object.spec as { readonly template: unknown }
    const renamed: unknown = JSON.parse(JSON.stringify(template.template).replace('"name":"shop-config"', '"name":"shop-config-9a33edbacf"'))
    expect(plain(releaseFromManifests(objects, question(['shop'])))).toEqual({
      apps: [
        {
          app: 'shop',
          identity: expect.stringMatching(/^[0-9a-f]{64}$/),
          images: ['127.0.0.1:5000/shop:1'],
          template: renamed,
          selector: { app: 'shop' },
          deployment: {},
          labels: { app: 'shop' },
          annotations: {},
          replicas: 3,
          service: {
            object: {
              apiVersion: 'v1',
              kind: 'Service',
              metadata: { name: 'shop', namespace: 'shop', labels: { app: 'shop' }, annotations: {} },
              spec: { ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
            },
            selector: { app: 'shop' },
            manifest: 'Service/shop',
          },
          config: [
            {
              apiVersion: 'v1',
              kind: 'ConfigMap',
              metadata: {
                name: 'shop-config-9a33edbacf',
                namespace: 'shop',
                labels: { app: 'shop', 'fairlead.dev/app': 'shop', 'fairlead.dev/config': 'shop-config' },
                annotations: {},
              },
              data: { greeting: 'Welcome to the shop' },
              immutable: true,
            },
          ],
          manifest: 'Deployment/shop',
          notes: [],
        },
      ],
      companions: ['PodDisruptionBudget/shop'],
      autoscalers: [{ app: 'shop', manifest: 'HorizontalPodAutoscaler/shop' }],
      notes: [],
    })
  })

  test('keeps the moving order, and finds Services by the names it was given', () => {
    const { apps } = read(deployment('web') + service('front', '{ app: web }') + deployment('api') + service('api'), ['api', 'web'], { web: 'front' })
    expect(apps.map(({ app, service }) => [app, service?.object.metadata.name])).toEqual([
      ['api', 'api'],
      ['web', 'front'],
    ])
  })

  test('takes a Service that is missing for the live one', () => {
    expect(read(deployment('web')).apps[0]?.service).toBe(undefined)
  })

  test('knows nothing of replicas that the manifest leaves open', () => {
    for (const text of [deployment('web'), deployment('web', '  replicas:\n')]) expect(read(text).apps.map(({ replicas }) => replicas)).toEqual([undefined])
  })

  test('has the same identity with other replicas, and another one with other autoscaling', () => {
    const hpa = (max: number) =>
      other('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', `spec: { scaleTargetRef: { kind: Deployment, name: web }, maxReplicas: ${max} }\n`)
    const [plainly, replicated, scaled, more] = [
      deployment('web'),
      deployment('web', '  replicas: 5\n'),
      deployment('web') + hpa(5),
      deployment('web') + hpa(6),
    ].map((text) => read(text).apps[0]?.identity)
    expect(replicated).toBe(plainly)
    expect(new Set([plainly, scaled, more]).size).toBe(3)
  })

  test('puts companions in an order in which they can be applied, whatever their order in the files', () => {
    const wanted = [
      ['v1', 'Namespace'],
      ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
      ['networking.k8s.io/v1', 'NetworkPolicy'],
      ['v1', 'ServiceAccount'],
      ['rbac.authorization.k8s.io/v1', 'Role'],
      ['rbac.authorization.k8s.io/v1', 'RoleBinding'],
      ['v1', 'Secret'],
      ['v1', 'PersistentVolumeClaim'],
      ['v1', 'Service'],
      ['batch/v1', 'CronJob'],
      ['serving.knative.dev/v1', 'Service'],
    ] as const
    fc.assert(
      fc.property(fc.shuffledSubarray([...wanted], { minLength: 1 }), (some) => {
        const text = some.map(([apiVersion, kind]) => other(apiVersion, kind, 'x')).join('')
        const { companions } = read(text + deployment('web'))
        expect(companions.map(({ object }) => [object.apiVersion, object.kind])).toEqual(wanted.filter((each) => some.includes(each)))
      }),
    )
  })

  test('keeps the order of the files within a kind', () => {
    const { companions } = read(other('v1', 'ConfigMap', 'b') + deployment('web') + other('v1', 'Namespace', 'shop') + other('v1', 'Secret', 'a'))
    expect(companions.map(named)).toEqual(['Namespace/shop', 'ConfigMap/b', 'Secret/a'])
  })

  test('keeps the original of a copy for a companion that refers to it', () => {
    const used = deployment('web', '      volumes: [{ name: v, configMap: { name: settings } }, { name: s, secret: { secretName: tls } }]\n')
    const config = other('v1', 'ConfigMap', 'settings', 'data: { a: b }\n') + other('v1', 'Secret', 'tls', 'stringData: { a: b }\n')
    const job = other(
      'batch/v1',
      'CronJob',
      'tidy',
      'spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: tls, envFrom: [{ configMapRef: { name: settings } }] }] } } } } }\n',
    )
    const ingress = other('networking.k8s.io/v1', 'Ingress', 'settings', 'spec: { tls: [{ secretName: tls }] }\n')
    const companions = (text: string) => read(text).companions.map(named)
    expect(companions(used + config)).toEqual([])
    expect(companions(used + config + job)).toEqual(['ConfigMap/settings', 'CronJob/tidy'])
    expect(companions(used + config + ingress)).toEqual(['Secret/tls', 'Ingress/settings'])
  })

  test('keeps under its own name what must not be copied, and says so with the app', () => {
    const { apps, companions } = read(
      `${deployment('web', '      volumes: [{ name: v, configMap: { name: settings } }]\n')}apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings, annotations: { fairlead.dev/copy: "false" } }\ndata: { a: b }\n`,
    )
    expect([companions.map(named), apps[0]?.config, apps[0]?.notes]).toEqual([
      ['ConfigMap/settings'],
      [],
      ['ConfigMap "shop/settings" is not copied, since fairlead.dev/copy is "false": both slots read the same one, and a rollback does not restore it'],
    ])
  })

  test('says which companions do not know of slots', () => {
    const scaled = other('keda.sh/v1alpha1', 'ScaledObject', 'web', 'spec: { scaleTargetRef: { name: web } }\n')
    const statefulScaled = other('keda.sh/v1alpha1', 'ScaledObject', 'db', 'spec: { scaleTargetRef: { kind: StatefulSet, name: web } }\n')
    const controller = other('v1', 'ReplicationController', 'old', 'spec: { selector: { app: web } }\n')
    const { notes } = read(deployment('web') + service('web') + service('metrics', '{ app: web }') + service('db') + controller + scaled + statefulScaled)
    expect(notes).toEqual([
      'Service "metrics" selects the Pods of both slots of "web", those not verified yet among them: only the Service of the app is moved',
      'ScaledObject "web" points at Deployment "web" in spec.scaleTargetRef: it does not follow the app into its slots "web-blue" and "web-green"',
    ])
  })

  test('leaves HPAs of other workloads among the companions', () => {
    const hpa = (name: string, target: string) => other('autoscaling/v2', 'HorizontalPodAutoscaler', name, `spec: { scaleTargetRef: ${target} }\n`)
    const found = read(deployment('web') + hpa('a', '{ kind: Deployment, name: api }') + hpa('b', '{ kind: StatefulSet, name: web }') + deployment('api'))
    expect([found.autoscalers, found.companions.map(named)]).toEqual([[], ['Deployment/api', 'HorizontalPodAutoscaler/a', 'HorizontalPodAutoscaler/b']])
  })

  test('leaves objects of other namespaces as they are', () => {
    const blue = deployment('web-blue').replace('web-blue }', 'web-blue, namespace: other }')
    const { companions } = read(`${deployment('web')}apiVersion: v1\nkind: Service\nmetadata: { name: web, namespace: other }\nspec: {}\n---\n${blue}`)
    expect(companions.map(named)).toEqual(['Service/web', 'Deployment/web-blue'])
    expect(companions[0]?.object).toEqual({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'other' }, spec: {} })
  })
})

describe('what releaseFromManifests refuses', () => {
  const PROBLEMS: readonly (readonly [string, string, Parameters<typeof question>, string, number | undefined])[] = [
    [
      'an app that is not there',
      deployment('api') + deployment('site'),
      [['web']],
      'app "web": is not in the manifests, expected a Deployment of that name, got api, site',
      undefined,
    ],
    [
      'an app where nothing is',
      service('web'),
      [['web']],
      'app "web": is not in the manifests, expected a Deployment of that name, got no Deployments',
      undefined,
    ],
    [
      'a StatefulSet',
      other('apps/v1', 'StatefulSet', 'web'),
      [['web']],
      'StatefulSet "shop/web": a StatefulSet has no slots: its Pods have names and volumes of their own, which two releases cannot share, expected a Deployment, got a StatefulSet',
      2,
    ],
    [
      'a DaemonSet',
      other('apps/v1', 'DaemonSet', 'web'),
      [['web']],
      'DaemonSet "shop/web": a DaemonSet has no slots: it runs one Pod on every node, expected a Deployment, got a DaemonSet',
      2,
    ],
    [
      'an Argo Rollout',
      other('argoproj.io/v1alpha1', 'Rollout', 'web'),
      [['web']],
      'Rollout "shop/web": an Argo Rollout moves its own traffic, and two tools must not move the same, expected a Deployment, got a Rollout',
      2,
    ],
    [
      'an Argo Rollout that refers to the Deployment',
      deployment('web') + other('argoproj.io/v1alpha1', 'Rollout', 'canary', 'spec: { workloadRef: { kind: Deployment, name: web } }\n'),
      [['web']],
      'Rollout "shop/canary": moves the traffic of Deployment "web" itself, expected one tool to do that',
      14,
    ],
    [
      'a Flagger Canary on the Deployment',
      deployment('web') + other('flagger.app/v1beta1', 'Canary', 'web', 'spec: { targetRef: { kind: Deployment, name: web } }\n'),
      [['web']],
      'Canary "shop/web": moves the traffic of Deployment "web" itself, expected one tool to do that',
      14,
    ],
    [
      'a Deployment of another namespace',
      deployment('web').replace('name: web }', 'name: web, namespace: other }'),
      [['web']],
      'Deployment "other/web": stands in another namespace than the release, expected "shop", got "other"',
      3,
    ],
    [
      'a selector with expressions',
      deployment('web').replace('app: web } }', 'app: web }, matchExpressions: [{ key: a, operator: Exists }] }'),
      [['web']],
      'Deployment "shop/web": its selector cannot be given a slot, expected matchLabels only, got matchExpressions',
      5,
    ],
    [
      'no selector',
      deployment('web').replace('  selector: { matchLabels: { app: web } }\n', ''),
      [['web']],
      'Deployment "shop/web": has no selector, expected matchLabels',
      4,
    ],
    [
      'Pods that do not meet their own selector',
      deployment('web').replace('app: web } }', 'app: web, version: 1 } }').replace('labels: { app: web', 'labels: { version: "1", app: web'),
      [['web']],
      'Deployment "shop/web": its Pods do not meet its selector, expected version: 1 on them, got version: "1"',
      5,
    ],
    [
      'a Service that leads elsewhere',
      deployment('web') + service('web', '{ app: web, tier: front }'),
      [['web']],
      'Service "shop/web": its selector does not lead to Deployment "web", expected a label of its Pods, no tier, got tier: "front"',
      14,
    ],
    [
      'a Service without a selector',
      deployment('web') + service('web', '~'),
      [['web']],
      'Service "shop/web": selects no Pods, expected a selector that the labels of its app meet, got none',
      14,
    ],
    [
      'one Service for two apps',
      (deployment('web') + deployment('api')).replaceAll('labels: { app', 'labels: { all: "yes", app') + service('api', '{ all: "yes" }'),
      [['web', 'api'], { web: 'api' }],
      'Service "shop/api": cannot lead to two apps, expected a Service each, got "web" and "api"',
      23,
    ],
    [
      'a Service that also selects another app',
      deployment('web').replace('labels: { app: web', 'labels: { app: web, all: "yes"') +
        deployment('api').replace('labels: { app: api', 'labels: { app: api, all: "yes"') +
        service('web', '{ all: "yes" }'),
      [['web', 'api']],
      'Service "shop/web": also selects the Pods of app "api", expected those of "web" only',
      24,
    ],
    [
      'a Deployment that is paused',
      deployment('web', '  paused: true\n'),
      [['web']],
      'Deployment "shop/web": is paused, so that no Pod of the release would start, expected no spec.paused, got true',
      10,
    ],
    [
      'a name of a slot',
      deployment('web') + deployment('web-blue'),
      [['web']],
      'Deployment "shop/web-blue": has the name of a slot of app "web", expected another',
      13,
    ],
    [
      'a name too long for slots',
      deployment('w'.repeat(51)),
      [['w'.repeat(51)]],
      `Deployment "shop/${'w'.repeat(51)}": is too long for slots, expected at most 50 characters, got 51`,
      3,
    ],
    [
      'our labels on the Pods',
      deployment('web').replace('labels: { app: web', 'labels: { fairlead.dev/slot: blue, app: web'),
      [['web']],
      'Deployment "shop/web": spec.template.metadata.labels has fairlead.dev/slot, expected no name of Fairlead\'s own',
      7,
    ],
    [
      'our labels on any object',
      `${deployment('web')}apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\n  labels: { fairlead.dev/app: web }\n`,
      [['web']],
      'Secret "shop/x": metadata.labels has fairlead.dev/app, expected no name of Fairlead\'s own',
      15,
    ],
    [
      'our label in the selector of the Service',
      deployment('web') + service('web', '{ app: web, fairlead.dev/slot: blue }'),
      [['web']],
      'Service "shop/web": spec.selector has fairlead.dev/slot, expected no name of Fairlead\'s own',
      14,
    ],
    [
      'no containers',
      deployment('web').replace(/containers:.*/, 'containers: []'),
      [['web']],
      'Deployment "shop/web": its Pod template has no containers, expected a list of containers with names',
      9,
    ],
    [
      'an image that is none',
      deployment('web').replace('ghcr.io/shop/web:1', 'Web Image'),
      [['web']],
      'Deployment "shop/web": container "web" has no image that can be pulled, expected a reference such as ghcr.io/shop/web:1.2, got "Web Image"',
      9,
    ],
  ]
  test.each(PROBLEMS)('%s', (_what, text, asked, message, line) => {
    expect(problemsOf(text, ...asked).map((problem) => [problem.message, problem.position?.line])).toEqual([[message, line]])
  })

  test('is named all at once, in one fault', () => {
    const text = deployment('web', '  paused: true\n').replace('ghcr.io/shop/web:1', '') + other('apps/v1', 'DaemonSet', 'node')
    expect(faultOf(() => read(text, ['web', 'node', 'none']))).toMatchObject({
      code: 'INPUT_INVALID',
      message: 'manifests: 4 problems, expected none',
      hint: 'Correct the manifests at the places named.',
      position: { file: 'web.yaml', line: 10 },
    })
  })

  test('is never a crash, for any shape of a spec', () => {
    const shapes = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom(null, {}, [], [null], { containers: [null] }, { spec: null, metadata: { labels: null } }),
    )
    fc.assert(
      fc.property(shapes, shapes, shapes, (spec, template, containers) => {
        for (const each of [spec, { template }, { selector: { matchLabels: {} }, template: { spec: { containers } } }]) {
          const [manifest] = manifests(other('apps/v1', 'Deployment', 'web'))
          if (manifest === undefined) throw new Error('nothing was parsed')
          const objects = [{ ...manifest, object: { ...manifest.object, spec: each } }]
          expect(faultOf(() => releaseFromManifests(objects, question())).code).toBe('INPUT_INVALID')
        }
      }),
    )
  })
})
