import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runBundle, serveApi } from '../../src/index.ts'

const ACTIONS = resolve(import.meta.dirname, '../../../../actions')
type Inputs = Readonly<Record<string, string>>

/** A bad input of deploy-bluegreen, and every sentence that must be read. */
const DEPLOY: Readonly<Record<string, readonly [Inputs, readonly string[]]>> = {
  'nothing at all': [{}, ['input "app": is required, got nothing', 'expected exactly one of them, got none']],
  'two sources': [{ app: 'web', image: 'a/b:1', kustomize: 'x' }, ['expected exactly one of them, got image and kustomize']],
  'values without a chart': [{ app: 'web', image: 'a/b:1', values: 'v.yaml' }, ['input "values": expected a chart to go with them']],
  'an app that is no name': [{ app: 'Web_1', image: 'a/b:1' }, ['input "app"']],
  'an app twice': [{ app: 'web\nweb', manifests: 'x' }, ['expected each app once, got "web" twice']],
  'an image without its app': [{ app: 'web\napi', image: 'a/b:1' }, ['input "image": expected app=image with several apps, got a/b:1']],
  'an image of an unknown app': [{ app: 'web', image: 'api=a/b:1' }, ['input "image": expected one of the apps web, got api']],
  'no reference': [{ app: 'web', image: 'A B' }, ['input "image"']],
  'a Service of an unknown app': [{ app: 'web', image: 'a/b:1', service: 'api=x' }, ['input "service": expected one of the apps web, got "api"']],
  'a standby that is neither': [
    { app: 'web', image: 'a/b:1', standby: 'lukewarm' },
    ['input "standby": expected cold, warm or a duration such as 1h, got "lukewarm"'],
  ],
  'a stop nobody knows': [{ app: 'web', image: 'a/b:1', 'stop-after': 'lunch' }, ['input "stop-after"']],
  'checks by URL without one': [{ app: 'web', image: 'a/b:1', checks: '- {path: /, on: url}' }, ['input "url": is required by a check with `on: url`']],
  'less time than stability': [{ app: 'web', image: 'a/b:1', timeout: '3s' }, ['input "timeout": expected more than the stability of 5s, got 3s']],
  'manifests that are not there': [{ app: 'web', manifests: 'gone.yaml' }, ['gone.yaml']],
}

const ROLLBACK: Readonly<Record<string, readonly [Inputs, readonly string[]]>> = {
  'no app': [{}, ['input "app": is required, got nothing']],
  'a drain without a unit': [{ app: 'web', drain: '5' }, ['input "drain"']],
}

describe.each([
  ['deploy-bluegreen', DEPLOY],
  ['rollback', ROLLBACK],
] as const)('the bundle of %s', (action, table) => {
  test.each(Object.entries(table))('refuses %s before it contacts anything', async (_, [inputs, sentences]) => {
    const api = await serveApi([])
    const record = await runBundle({
      action: join(ACTIONS, action),
      inputs: { ...inputs, kubeconfig: api.kubeconfig, 'allow-insecure': 'true', namespace: 'shop' },
    }).finally(() => api.close())
    expect({ exit: record.exitCode, fault: record.outputs['fault'], conclusion: record.outputs['conclusion'] }, record.raw).toEqual({
      exit: 1,
      fault: 'INPUT_INVALID',
      conclusion: 'failure',
    })
    for (const sentence of sentences) expect(record.raw).toContain(sentence)
    expect(api.requests).toEqual([])
  })
})
