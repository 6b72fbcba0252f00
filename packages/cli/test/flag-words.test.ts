import { reportFault, type Report } from '@fairlead/action'
import { Fault } from '@fairlead/base'
import { describe, expect, test } from 'vitest'
import { flagWords, inFlagWords } from '../src/arguments/flag-words.ts'
import { deploy } from '../src/commands/deploy.ts'

const { inputs } = deploy

describe('flagWords', () => {
  test.each([
    ['input "app": is required, got nothing', '--app: is required, got nothing'],
    ['inputs "image", "manifests", "kustomize": expected exactly one', '--image, --manifests, --kustomize: expected exactly one'],
    ['Add `app:` under `with:`.', 'Add `--app`.'],
    ['Say what: `image: ghcr.io/acme/web:1.4.2`, or', 'Say what: `--image ghcr.io/acme/web:1.4.2`, or'],
    ['Raise `timeout`, or lower `stability`.', 'Raise `--timeout`, or lower `--stability`.'],
    ['Set the `kubeconfig` input to the content', 'Set `--kubeconfig` to the content'],
    ['allow-exec-plugin: aws\nallow-insecure: true', '--allow-exec-plugin aws\n--allow-insecure'],
    ['one that is allowed. allow-exec-plugin: aws', 'one that is allowed. --allow-exec-plugin aws'],
    ['a check with `on: url` is a check', 'a check with `on: url` is a check'],
    ['image: is said here of something else', 'image: is said here of something else'],
  ])('turns %j into %j', (text, told) => {
    expect(flagWords(text, inputs)).toBe(told)
  })
})

describe('inFlagWords', () => {
  test('rewrites every text of a fault, and no other report', () => {
    const fault = new Fault('INPUT_INVALID', 'input "app": is required, got nothing', { hint: 'Name the Deployment: `app: web`.' })
    const told = inFlagWords(reportFault('deploy-bluegreen', fault), inputs)
    expect(JSON.stringify(told)).not.toContain('input \\"app\\"')
    expect(told.annotations.map(({ message }) => message)).toEqual(['--app: is required, got nothing\nName the Deployment: `--app web`.'])
    const other: Report = { conclusion: 'failure', verdict: 'the Pod logs: input "app": no', outputs: {}, annotations: [], summary: [], details: {} }
    expect(inFlagWords(other, inputs)).toBe(other)
  })
})
