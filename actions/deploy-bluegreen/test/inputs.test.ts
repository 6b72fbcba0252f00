import { parseInputs } from '@fairlead/action'
import { isFault } from '@fairlead/base'
import { describe, expect, test } from 'vitest'
import { inputs, validateInputs } from '../src/inputs.ts'

type Given = Readonly<Record<string, string>>

const ONE = 'inputs "image", "manifests", "kustomize", "chart": expected exactly one of them'
const NOT_BETWEEN: readonly (readonly [name: string, given: Given, says: readonly string[]])[] = [
  ['one image', { app: 'web', image: 'web:1' }, []],
  ['manifests', { app: 'web', manifests: 'deploy/*.yaml' }, []],
  ['a chart with values', { app: 'web', chart: './chart', values: 'a.yaml' }, []],
  ['an image for each app', { app: 'web\napi', image: 'web=web:1\napi=api:1' }, []],
  ['a Service for each app', { app: 'web\napi', manifests: 'a', service: 'api=www' }, []],
  ['no app', { image: 'web:1' }, ['input "app": is required, got nothing']],
  ['no source', { app: 'web' }, [`${ONE}, got none`]],
  ['two sources', { app: 'web', image: 'web:1', kustomize: 'k' }, [`${ONE}, got image and kustomize`]],
  ['values without a chart', { app: 'web', image: 'web:1', values: 'a.yaml' }, ['input "values": expected a chart to go with them, got none']],
  ['an app twice', { app: 'web\nweb', manifests: 'a' }, ['input "app": expected each app once, got "web" twice']],
  ['a Service of nobody', { app: 'web', manifests: 'a', service: 'api=www' }, ['input "service": expected one of the apps web, got "api"']],
  ['a bare Service for two', { app: 'web\napi', manifests: 'a', service: 'www' }, ['input "service": expected app=service with several apps, got "www"']],
  ['an image of nobody', { app: 'web', image: 'web=web:1\napi=api:1' }, ['input "image": expected one of the apps web, got api']],
  ['a bare image for two', { app: 'web\napi', image: 'web:1' }, ['input "image": expected app=image with several apps, got web:1']],
  ['an app without image', { app: 'web\napi', image: 'web=web:1' }, ['input "image": expected one image for each app, got none or several for api']],
  ['two images for one app', { app: 'web', image: 'web:1\nweb:2' }, ['input "image": expected one image for each app, got none or several for web']],
  [
    'a check of a URL nobody gave',
    { app: 'web', image: 'web:1', checks: '[{path: /, on: url}]' },
    ['input "url": is required by a check with `on: url`, got nothing'],
  ],
  ['a timeout within the stability', { app: 'web', image: 'web:1', timeout: '5s' }, ['input "timeout": expected more than the stability of 5s, got 5s']],
]

const ALONE: readonly (readonly [name: string, given: Given])[] = [
  ['an app that is no name', { app: 'Web' }],
  ['an image that is no reference', { image: 'web:' }],
  ['a standby that is none', { standby: 'hot' }],
  ['a standby of no time', { standby: '0s' }],
  ['a URL without scheme', { url: 'shop.example' }],
  ['a URL of files', { url: 'file:///etc' }],
  ['a URL with a password', { url: 'https://me:secret@shop.example' }],
  ['a stop there is none of', { 'stop-after': '25%' }],
  ['an answer to parked there is none of', { 'on-parked': 'ignore' }],
  ['checks that are no list', { checks: '{path: /}' }],
]

function parse(given: Given): ReturnType<typeof parseInputs<typeof inputs>> {
  return parseInputs(inputs, (name) => given[name])
}

describe('validateInputs', () => {
  test.for(NOT_BETWEEN)('%s', ([, given, says]) => {
    expect(validateInputs(parse(given)).map(({ message }) => message)).toEqual(says)
  })
})

describe('the inputs', () => {
  test.for(ALONE)('refuse %s', ([, given]) => {
    try {
      parse(given)
    } catch (error) {
      const [name = ''] = Object.keys(given)
      expect([isFault(error, 'INPUT_INVALID'), String(error)]).toEqual([true, expect.stringContaining(`"${name}"`)])
      expect(String(error)).not.toContain('secret')
      return
    }
    expect.unreachable('it was taken')
  })
})
