import { valueAt } from '@fairlead/kube'
import { describe, expect, test } from 'vitest'
import { appText, NAMESPACE, Stage, web } from '../stage.ts'
import { configured, DEPLOYMENTS, eject, guarded, ours, plainOf, selectorOf, SERVICE, shown, stay } from './ejecting.ts'
import { isHealthyPod, servedPods } from './traffic.ts'

describe('configuration', () => {
  const references = (stage: Stage) => {
    const [config, secret] = valueAt(plainOf(stage), ['spec', 'template', 'spec', 'containers', 0, 'envFrom']) as readonly Record<string, { name: string }>[]
    return [config?.['configMapRef']?.name, secret?.['secretRef']?.name]
  }

  test('is there under its own names again, and its copies are gone', async () => {
    const stage = new Stage()
    await stage.deploy(configured('1'))
    expect(stage.find('ConfigMap', 'settings')).toBeUndefined()
    await eject(stage)
    expect(references(stage)).toEqual(['settings', 'keys'])
    const { metadata, ...config } = stage.find('ConfigMap', 'settings') ?? { metadata: {} }
    expect([metadata.labels, config]).toMatchObject([{ app: 'web' }, { data: { colour: 'blue' } }])
    expect(config).not.toHaveProperty('immutable')
    expect(stage.find('Secret', 'keys')).toMatchObject({ data: { key: 'czNjcmV0' } })
    expect(JSON.stringify(stage.said)).not.toMatch(/czNjcmV0|s3cret/)
  })

  test('that says something else by now is not read: the copy stays, and the run says so', async () => {
    const stage = new Stage()
    await stage.deploy(configured('1'))
    await stage.users('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {colour: red}\n')
    await eject(stage)
    const [config = '', secret] = references(stage)
    expect(config).toMatch(/^settings-[0-9a-f]{10}$/)
    expect(secret).toBe('keys')
    expect(stage.find('ConfigMap', config)).toMatchObject({ data: { colour: 'blue' } })
    expect(stage.find('ConfigMap', 'settings')).toMatchObject({ data: { colour: 'red' } })
    expect(stage.said.join('\n')).toContain(`it goes on reading ConfigMap ${config}, since ConfigMap "shop/settings" says something else by now`)
    expect(stage.said.at(-1)).toContain(`web goes on reading ConfigMap ${config}, which stays`)
  })
})

describe('an eject that is refused', () => {
  const sicken = (stage: Stage) =>
    (stage.fate = (pod) => (pod.metadata.labels?.['fairlead.dev/slot'] === undefined ? { waiting: { reason: 'ErrImagePull', message: 'not found' } } : 'ready'))

  test('because its Pods never become healthy moves nobody, and is taken back', async () => {
    const stage = new Stage()
    await stage.deploy(web('1'))
    const before = selectorOf(stage)
    const violations = guarded(stage)
    sicken(stage)
    expect(shown(await eject(stage))).toEqual(['refused', undefined])
    expect(shown(await stay(stage))).toEqual(['complete', undefined])
    expect([selectorOf(stage), valueAt(plainOf(stage), ['spec', 'replicas']), violations()]).toEqual([before, 0, []])
    stage.fate = () => 'ready'
    expect(shown(await eject(stage))).toEqual(['complete', undefined])
    expect(ours(stage)).toEqual([])
  })

  test('while users are on it moves them back to the slot, which is whole', async () => {
    const stage = new Stage()
    await stage.deploy(web('1', { autoscaler: true }))
    const before = selectorOf(stage)
    const violations = guarded(stage)
    const state = { isFailing: false }
    stage.listener = (line) => {
      if (/^ *\d+ {2}soak/.test(line)) state.isFailing = true
    }
    stage.fate = (pod) =>
      state.isFailing && pod.metadata.labels?.['fairlead.dev/slot'] === undefined ? { waiting: { reason: 'CrashLoopBackOff' }, restarts: 1 } : 'ready'
    const done = stage.through(
      (async () => {
        const ending = eject(stage)
        while (!state.isFailing) await stage.clock.sleep(100)
        await stage.cluster.patch(
          { resource: DEPLOYMENTS, namespace: NAMESPACE, name: 'web' },
          [{ op: 'add', path: '/metadata/annotations', value: { touched: 'yes' } }],
          { manager: 'kubectl' },
        )
        return await ending
      })(),
    )
    expect(shown(await done)).toEqual(['refused', undefined])
    expect(shown(await stay(stage))).toEqual(['complete', undefined])
    expect([selectorOf(stage), valueAt(plainOf(stage), ['spec', 'replicas'])]).toEqual([before, 0])
    expect(valueAt(stage.find('HorizontalPodAutoscaler', 'web'), ['spec', 'scaleTargetRef', 'name'])).toBe('web-blue')
    expect(violations().filter((each) => !each.includes('leads to 0 ready Pods'))).toEqual([])
  })

  test('because somebody has led users back to the slot empties nothing', async () => {
    const stage = new Stage()
    await stage.deploy(web('1'))
    stage.listener = (line) => {
      if (/^ *\d+ {2}retire/.test(line))
        void stage.cluster.patch(
          SERVICE,
          [{ op: 'add', path: '/spec/selector', value: { app: 'web', 'fairlead.dev/app': 'web', 'fairlead.dev/slot': 'blue' } }],
          { manager: 'kubectl' },
        )
    }
    expect(shown(await eject(stage))).toEqual(['refused', undefined])
    expect(valueAt(stage.find('Deployment', 'web-blue'), ['spec', 'replicas'])).toBe(2)
    expect(servedPods(stage.cluster.objects(), 'web').filter(isHealthyPod)).toHaveLength(2)
  })

  test('because Pods of somebody else would be reached opens nothing', async () => {
    const stage = new Stage()
    await stage.deploy(web('1'))
    stage.listener = (line) => {
      if (/^ *\d+ {2}retire/.test(line)) void stage.users(appText('cron', { version: '1' }).replaceAll('{app: cron}}', '{app: web, job: cron}}'))
    }
    expect(shown(await eject(stage))).toEqual(['refused', undefined])
    expect(selectorOf(stage)).toMatchObject({ app: 'web', 'pod-template-hash': expect.any(String) })
  })
})
