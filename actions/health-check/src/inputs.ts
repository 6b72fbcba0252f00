import { defineInputs, expected, type Values } from '@fairlead/action'
import { formatDuration, type Problem } from '@fairlead/base'
import { parseChecks } from '@fairlead/health/checks'
import { clusterInputs, parseSelector, selectorText } from '@fairlead/kube'

/** What a line of the `objects` input names: one object, or with the `selector` input all of a kind. */
export interface ObjectName {
  readonly kind: string
  readonly name?: string
  readonly namespace?: string
}

export const inputs = defineInputs({
  objects: {
    type: 'lines',
    description:
      'Objects to judge, one `kind/name` or `namespace/kind/name` per line (`deployment/web`, `data/statefulset/db`); with `selector`, a kind alone (`pods`).',
    parse: parseObjectName,
  },
  selector: {
    type: 'text',
    description:
      'A label selector as `kubectl -l` takes it: judges the Deployments, StatefulSets and DaemonSets that carry the labels, or the kinds given in `objects`.',
    parse: (text) => selectorText(parseSelector(text)),
  },
  manifests: {
    type: 'lines',
    description: 'Files, folders or globs of manifests, one per line: every object in them is judged, and annotations point at their lines.',
  },
  checks: {
    type: 'yaml',
    description:
      'Questions asked over HTTP once everything is healthy: a list of `{path, port?, scheme: http, method: GET, status: 200, body?: text or /regex/, timeout: 2s, count: 3, on: pods | service | url, headers?}`.',
    parse: parseChecks,
  },
  service: {
    type: 'lines',
    description: 'The Services that checks with `on: service` ask, one `name` or `namespace/name` per line. Absent, the Services among the judged objects.',
    parse: parseServiceName,
  },
  url: { type: 'text', description: 'The base of checks with `on: url`, asked from the runner.', parse: parseUrl },
  'allow-local-url': { type: 'flag', default: 'false', description: 'Lets `url` name this machine itself. Link-local addresses are never asked.' },
  timeout: { type: 'duration', default: '10m', description: 'How long to wait for health. `0` judges once, as things are.' },
  stability: {
    type: 'duration',
    default: '5s',
    description: 'How long a workload without `minReadySeconds` must go without a restart or a readiness flap before it counts as healthy.',
  },
  'allow-zero': { type: 'flag', default: 'false', description: 'Accepts workloads that are scaled to zero. Without it they are Degraded: nobody answers.' },
  ...clusterInputs,
})

export type Inputs = Values<typeof inputs>

/** The rules between inputs. */
export function validateInputs(values: Inputs): readonly Problem[] {
  return [...withoutObjects(values), ...withoutNames(values), ...withoutTime(values), ...withoutUrl(values)]
}

function withoutObjects({ objects, manifests, selector }: Inputs): readonly Problem[] {
  if (objects.length > 0 || manifests.length > 0 || selector !== undefined) return []
  return [
    { message: 'inputs "objects", "selector", "manifests": expected at least one of them, got none', hint: 'Say what to judge: `objects: deployment/web`.' },
  ]
}

function withoutNames({ objects, selector }: Inputs): readonly Problem[] {
  if (selector !== undefined) return []
  return objects
    .filter(({ name }) => name === undefined)
    .map(({ kind }) => ({ message: `input "objects": expected kind/name, got "${kind}"`, hint: 'Add the name, or a `selector` that chooses among the kind.' }))
}

function withoutTime({ timeout, stability }: Inputs): readonly Problem[] {
  if (timeout === 0 || timeout > stability) return []
  const message = `input "timeout": expected more than the stability of ${formatDuration(stability)}, or 0 to judge once, got ${formatDuration(timeout)}`
  return [{ message, hint: 'Raise `timeout`, or lower `stability`.' }]
}

function withoutUrl({ checks = [], url }: Inputs): readonly Problem[] {
  if (url !== undefined || !checks.some(({ on }) => on === 'url')) return []
  return [{ message: 'input "url": is required by a check with `on: url`, got nothing', hint: 'Add `url: https://...`.' }]
}

function parseObjectName(line: string): ObjectName {
  const parts = line.split('/')
  if (parts.some((part) => !/^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$/.test(part)) || parts.length > 3) {
    throw expected('kind/name or namespace/kind/name such as deployment/web', line)
  }
  const [first = '', second, third] = parts
  if (second === undefined) return { kind: first }
  return third === undefined ? { kind: first, name: second } : { namespace: first, kind: second, name: third }
}

function parseServiceName(line: string): { readonly name: string; readonly namespace?: string } {
  const parts = line.split('/')
  const [first = '', second] = parts
  if (parts.length > 2 || parts.some((part) => !/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(part))) throw expected('the name of a Service, or namespace/name', line)
  return second === undefined ? { name: first } : { namespace: first, name: second }
}

function parseUrl(text: string): URL {
  const url = URL.parse(text)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) throw expected('an http or https URL', text)
  if (url.username !== '' || url.password !== '') throw expected('a URL without user and password', `${url.protocol}//***@${url.host}`)
  return url
}
