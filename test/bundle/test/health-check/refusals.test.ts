import { describe, expect, test } from 'vitest'
import { kubeconfigFor, statusOf, type Interception } from '../../src/index.ts'
import { play, type Scenario } from './scenario.ts'
import { MANIFEST, shop } from './shop.ts'

/** A bad input or environment, and what the user must read. */
interface Refusal extends Partial<Scenario> {
  readonly fault: string
  readonly says: string | RegExp
  /** The line to add, or what to do. */
  readonly hint?: string
  /** The API server may have been asked; otherwise it must not have been. */
  readonly asks?: true
}

const file = (text: string): Pick<Scenario, 'inputs' | 'workspace'> => ({ inputs: { manifests: 'web.yaml' }, workspace: { 'web.yaml': text } })
const webWith = (inputs: Readonly<Record<string, string>>): Pick<Scenario, 'inputs'> => ({ inputs: { objects: 'deployment/web', ...inputs } })
const answers =
  (status: number, message: string, reason = ''): Interception =>
  () => ({ status, body: statusOf(status, message, reason) })
const server = 'https://127.0.0.1:1'
const bare = { 'allow-insecure': 'false' }
const config = (user: Readonly<Record<string, unknown>>, cluster: Readonly<Record<string, unknown>> = {}) => ({
  kubeconfig: kubeconfigFor(server, user, cluster),
  ...bare,
})
const exec = (command: string) => config({ exec: { apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: 'Never' } })
const RBAC = 'deployments.apps is forbidden: User "ci" cannot list resource "deployments" in API group "apps" in the namespace "shop"'

const INPUTS: Readonly<Record<string, Refusal>> = {
  'nothing to judge': {
    inputs: {},
    fault: 'INPUT_INVALID',
    says: 'inputs "objects", "selector", "manifests": expected at least one of them, got none',
    hint: 'objects: deployment/web',
  },
  'a kind without a name': {
    inputs: { objects: 'deployment' },
    fault: 'INPUT_INVALID',
    says: 'input "objects": expected kind/name, got "deployment"',
    hint: 'selector',
  },
  'too many slashes': {
    inputs: { objects: 'a/b/c/d' },
    fault: 'INPUT_INVALID',
    says: 'input "objects": expected kind/name or namespace/kind/name such as deployment/web, got "a/b/c/d"',
  },
  'shell in a name': { inputs: { objects: 'deployment/$(id)' }, fault: 'INPUT_INVALID', says: 'got "deployment/$(id)"' },
  'a workflow command in a name': { inputs: { objects: '::error::x' }, fault: 'INPUT_INVALID', says: 'input "objects": expected kind/name' },
  'a bad namespace': {
    ...webWith({ namespace: 'Shop_1' }),
    fault: 'INPUT_INVALID',
    says: 'input "namespace": expected the name of a namespace (lower-case letters, digits and -, at most 63), got "Shop_1"',
  },
  'a bad selector': { inputs: { selector: 'app=web,,=' }, fault: 'INPUT_INVALID', says: /input "selector": label selector "app=web,,="/ },
  'a bare number as timeout': {
    ...webWith({ timeout: '10' }),
    fault: 'INPUT_INVALID',
    says: 'input "timeout": expected a duration of at most 35d such as 30s, 10m or 1h30m, got "10"',
  },
  'a flag that is none': { ...webWith({ 'allow-zero': 'yes' }), fault: 'INPUT_INVALID', says: 'input "allow-zero": expected true or false, got "yes"' },
  'a NUL in an input': {
    ...webWith({ context: 'a\u0001b' }),
    fault: 'INPUT_INVALID',
    says: 'input "context": expected printable text on one line, got the character U+0001',
  },
  'checks that are no YAML': {
    ...webWith({ checks: '- path: [' }),
    fault: 'INPUT_INVALID',
    says: /input "checks": expected YAML, got .* at line 1, column 10/s,
  },
  'an unknown key in a check': {
    ...webWith({ checks: '- path: /\n  retries: 3' }),
    fault: 'INPUT_INVALID',
    says: 'input "checks": [0].retries: is not known, expected one of path, port',
  },
  'a check that climbs out of the proxy': { ...webWith({ checks: '- path: /../../../secrets' }), fault: 'INPUT_INVALID', says: 'expected a path without ".."' },
  'a URL check without a URL': {
    ...webWith({ checks: '- path: /\n  on: url' }),
    fault: 'INPUT_INVALID',
    says: 'input "url": is required by a check with `on: url`, got nothing',
  },
  'a URL of another kind': {
    ...webWith({ url: 'file:///etc/passwd' }),
    fault: 'INPUT_INVALID',
    says: 'input "url": expected an http or https URL, got "file:///etc/passwd"',
  },
  'a URL with a password': {
    ...webWith({ url: 'https://me:hunter22@example.com/' }),
    fault: 'INPUT_INVALID',
    says: 'input "url": expected a URL without user and password, got "https://***@example.com"',
  },
  'a timeout that stability cannot fit in': {
    ...webWith({ timeout: '5s', stability: '5s' }),
    fault: 'INPUT_INVALID',
    says: 'input "timeout": expected more than the stability of 5s, or 0 to judge once, got 5s',
  },
  'three wrong inputs at once': { ...webWith({ timeout: 'soon', stability: '-1s', 'allow-zero': '1' }), fault: 'INPUT_INVALID', says: '3 inputs are wrong' },
}

const MANIFESTS: Readonly<Record<string, Refusal>> = {
  'a file that is not there': {
    inputs: { manifests: 'deploy/*.yaml' },
    fault: 'INPUT_INVALID',
    says: '"deploy/*.yaml" matches no file in the workspace',
    hint: 'checkout',
  },
  'a path out of the workspace': {
    inputs: { manifests: '../../../etc/passwd' },
    fault: 'INPUT_INVALID',
    says: '"../../../etc/passwd" is outside the workspace',
  },
  'malformed YAML, with its place': { ...file('kind: Pod\nmetadata: {name: a\nspec: {}\n'), fault: 'INPUT_INVALID', says: /web\.yaml/ },
  'a tab as indentation': { ...file('kind: Pod\nmetadata:\n\tname: a\n'), fault: 'INPUT_INVALID', says: /web\.yaml/ },
  'a template that was not rendered': {
    ...file('apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Release.Name }}\n'),
    fault: 'INPUT_INVALID',
    says: /render/i,
  },
  'an object without a kind': { ...file('apiVersion: v1\nmetadata: {name: a}\n'), fault: 'INPUT_INVALID', says: /kind/ },
  'an object without a name': { ...file('apiVersion: v1\nkind: Pod\nmetadata: {}\n'), fault: 'INPUT_INVALID', says: /name/ },
  'the same object twice': { ...file(`${MANIFEST}---\n${MANIFEST}`), fault: 'INPUT_INVALID', says: /twice|again|already/ },
  'a duplicate key': { ...file('apiVersion: v1\nkind: Pod\nkind: Pod\nmetadata: {name: a}\n'), fault: 'INPUT_INVALID', says: /unique|twice|duplicate/i },
  'an alias bomb': {
    ...file(
      `a: &a [x,x]\n${'bcdefghij'
        .split('')
        .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghij'[index]}`).join(',')}]`)
        .join('\n')}\n`,
    ),
    fault: 'INPUT_INVALID',
    says: /alias/i,
  },
  'a kustomization': {
    ...file('apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n'),
    fault: 'INPUT_INVALID',
    says: 'web.yaml:2:',
    hint: 'kubectl kustomize',
  },
  'a file without objects': {
    ...file('# nothing yet\n'),
    fault: 'INPUT_INVALID',
    says: 'input "manifests": expected at least one object, got none in web.yaml',
  },
}

const KUBECONFIGS: Readonly<Record<string, Refusal>> = {
  'no kubeconfig at all': { ...webWith({ kubeconfig: '' }), fault: 'ENVIRONMENT_MISSING', says: 'got none of them', hint: 'kubeconfig' },
  'a path to nothing': { ...webWith({ kubeconfig: 'no/such/file' }), fault: 'ENVIRONMENT_MISSING', says: 'no/such/file' },
  'a kubeconfig that is no YAML': { ...webWith({ kubeconfig: 'apiVersion: v1\nclusters: [\n' }), fault: 'INPUT_INVALID', says: /kubeconfig/ },
  'an unknown context': { ...webWith({ context: 'production' }), fault: 'INPUT_INVALID', says: /"production".*test/ },
  'an exec plugin': { ...webWith(exec('aws')), fault: 'INPUT_INVALID', says: 'starts the program aws', hint: 'allow-exec-plugin: aws' },
  'an exec plugin by a path': {
    ...webWith({ ...exec('/tmp/evil'), 'allow-exec-plugin': 'evil' }),
    fault: 'INPUT_INVALID',
    says: 'starts the program /tmp/evil',
    hint: 'allow-exec-plugin: /tmp/evil',
  },
  'an auth-provider with a program': {
    ...webWith(config({ 'auth-provider': { name: 'gcp', config: { 'cmd-path': '/tmp/evil' } } })),
    fault: 'INPUT_INVALID',
    says: 'starts the program /tmp/evil',
    hint: 'allow-exec-plugin: /tmp/evil',
  },
  'no verification of TLS': {
    ...webWith(config({ token: 'token-of-the-test' }, { 'insecure-skip-tls-verify': true })),
    fault: 'INPUT_INVALID',
    says: 'trusts any server',
    hint: 'allow-insecure: true',
  },
  'plain HTTP': { ...webWith(bare), fault: 'INPUT_INVALID', says: 'is spoken to in the clear', hint: 'allow-insecure: true' },
  'a proxy': {
    ...webWith(config({ token: 'token-of-the-test' }, { 'proxy-url': 'http://user:pass@proxy.example:3128' })),
    fault: 'INPUT_INVALID',
    says: 'through the proxy http://proxy.example:3128',
    hint: 'allow-proxy: http://proxy.example:3128',
  },
  'a file behind a kubeconfig given as content': { ...webWith(config({ tokenFile: '/etc/shadow' })), fault: 'INPUT_INVALID', says: 'reads a file (tokenFile)' },
  'TLS switched off for all of Node': {
    ...webWith(config({ token: 'token-of-the-test' })),
    environment: { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
    fault: 'INPUT_INVALID',
    says: 'NODE_TLS_REJECT_UNAUTHORIZED=0',
  },
  'half a client certificate': {
    ...webWith(config({ 'client-certificate-data': Buffer.from('-----BEGIN CERTIFICATE-----').toString('base64') })),
    fault: 'INPUT_INVALID',
    says: /half a certificate/,
  },
  'a certificate that is none': {
    ...webWith(config({ token: 'token-of-the-test' }, { 'certificate-authority-data': 'bm90IGEgY2VydA==' })),
    fault: 'INPUT_INVALID',
    says: /certificate-authority-data/,
  },
}

const SERVERS: Readonly<Record<string, Refusal>> = {
  'an expired token': {
    ...webWith({}),
    intercept: answers(401, 'Unauthorized', 'Unauthorized'),
    asks: true,
    fault: 'ACCESS_DENIED',
    says: /401|Unauthorized/,
    hint: 'token',
  },
  'a missing permission': {
    ...webWith({}),
    intercept: answers(403, RBAC, 'Forbidden'),
    asks: true,
    fault: 'ACCESS_DENIED',
    says: 'may not list deployments',
    hint: 'resources: ["deployments"]',
  },
  'a wrong namespace': { ...webWith({ namespace: 'shopp' }), asks: true, fault: '', says: /Missing/ },
  'a kind the cluster does not have': {
    inputs: { objects: 'certificate/web' },
    intercept: (_, { pathname }) =>
      /^\/apis?$|^\/apis?\/[^/]+\/?[^/]*$/.test(pathname)
        ? { status: 200, body: { kind: 'APIGroupList', groups: [], resources: [], versions: ['v1'] } }
        : undefined,
    asks: true,
    fault: 'UNSUPPORTED',
    says: /certificate/,
  },
  'a selector that finds nothing': {
    inputs: { selector: 'app=nobody' },
    asks: true,
    fault: 'NOT_FOUND',
    says: 'input "selector": no Deployments, StatefulSets or DaemonSets in namespace "shop" carry app=nobody',
  },
  'a redirect to another host': {
    ...webWith({}),
    intercept: () => ({ status: 302, headers: { location: 'https://evil.example/' } }),
    asks: true,
    fault: 'INPUT_INVALID',
    says: 'got a redirect to https://evil.example/',
  },
  'a web page instead of an API': {
    ...webWith({}),
    intercept: () => ({ status: 200, body: '<!doctype html><title>Please log in</title>', headers: { 'content-type': 'text/html' } }),
    asks: true,
    fault: 'UNSUPPORTED',
    says: /expected/,
  },
  'JSON of a login page, asked for what may well be absent': {
    inputs: { objects: 'configmap/web' },
    intercept: () => ({ status: 200, body: { login: 'please' } }),
    asks: true,
    fault: 'UNSUPPORTED',
    says: /expected a list/,
  },
  'nobody listening': { ...webWith({ ...config({ token: 'token-of-the-test' }), timeout: '1s' }), fault: 'UNAVAILABLE', says: /127\.0\.0\.1:1/ },
}

const groups = { inputs: INPUTS, manifests: MANIFESTS, kubeconfigs: KUBECONFIGS, servers: SERVERS }

describe.each(Object.entries(groups))('%s', (_, refusals) => {
  test.concurrent.each(Object.entries(refusals))('refuses %s', async (_name, { fault, says, hint = '', asks, ...scenario }) => {
    const { record, requests } = await play({ objects: shop({ ready: true }), ...scenario, inputs: { timeout: '1s', stability: '100ms', ...scenario.inputs } })
    const errors = record.annotations.filter(({ name }) => name === 'error').map(({ data }) => data)
    expect({ fault: record.outputs['fault'] ?? '', exit: record.exitCode }, record.raw).toEqual({ fault, exit: 1 })
    expect([...record.log, ...errors].join('\n')).toMatch(says)
    expect(errors.join('\n')).toContain(hint)
    // Whatever it was, nothing was written; and what could be known beforehand was known before anybody was asked.
    expect(requests.filter((request) => !request.startsWith('GET '))).toEqual([])
    if (asks === undefined) expect(requests).toEqual([])
    expect(record.raw).not.toMatch(/hunter22|user:pass@/)
  })
})

test('the table has at least forty rows', () => {
  expect(Object.values(groups).reduce((sum, group) => sum + Object.keys(group).length, 0)).toBeGreaterThanOrEqual(40)
})
