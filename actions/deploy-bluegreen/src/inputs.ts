import { defineInputs, type Values } from '@fairlead/action'
import { formatDuration, type Problem } from '@fairlead/base'
import { clusterInputs } from '@fairlead/kube'
import { appInputs, orderInputs, parseNamed, placeProblems, releaseInputs, rolloutInputs, type RolloutOptions } from '@fairlead/rollout'
import { parseReference } from '@fairlead/image'

export const inputs = defineInputs({
  ...appInputs,
  image: {
    type: 'lines',
    description: 'The image to release, in what serves now: `ghcr.io/acme/web:1.4.2`. With several apps, lines of `app=image`.',
    parse: parseImage,
  },
  manifests: {
    type: 'lines',
    description: 'Files, folders or globs of manifests to release, one per line. What `app` does not name is applied and not moved.',
  },
  kustomize: { type: 'text', description: 'A folder to render with `kubectl kustomize`, and release.' },
  chart: { type: 'text', description: 'A chart to render with `helm template`, and release: a folder, an archive or an `oci://` reference.' },
  values: { type: 'lines', description: 'Values files for the chart, one per line, the last one wins.' },
  ...rolloutInputs,
  ...orderInputs,
  ...releaseInputs,
  'adopt-cleanup': {
    type: 'flag',
    default: 'false',
    description: 'Deletes the Deployment that was there before Fairlead once a release has replaced it, instead of keeping it at zero as the way back.',
  },
  'take-over': {
    type: 'flag',
    default: 'false',
    description: "Takes the Service's selector from another tool that applies it, which will then conflict with us.",
  },
  'force-conflicts': {
    type: 'flag',
    default: 'false',
    description: 'Takes fields of accompanying objects from their managers. Without it a conflict names the field and its manager.',
  },
  'allow-local-url': { type: 'flag', default: 'false', description: 'Lets `url` name this machine itself. Link-local addresses are never asked.' },
  ...clusterInputs,
})

export type Inputs = Values<typeof inputs>

/** The rules between inputs. */
export function validateInputs(values: Inputs): readonly Problem[] {
  return [...placeProblems(values), ...sourceProblems(values), ...imageProblems(values), ...checkProblems(values), ...timeProblems(values)]
}

/** What the user says about how the release goes. */
export function optionsOf(values: Inputs): RolloutOptions {
  const { timeout, stability, checks = [], url, settle, soak, drain, standby } = values
  return {
    timeout,
    stability,
    checks,
    url,
    settle,
    soak,
    drain,
    standby,
    stopAfter: values['stop-after'],
    onParked: values['on-parked'],
    rollbackTimeout: values['rollback-timeout'],
    adoptCleanup: values['adopt-cleanup'],
    takeOver: values['take-over'],
    forceConflicts: values['force-conflicts'],
    irreversible: values.irreversible,
  }
}

function sourceProblems({ image, manifests, kustomize, chart, values }: Inputs): readonly Problem[] {
  const given = [
    ...(image.length > 0 ? ['image'] : []),
    ...(manifests.length > 0 ? ['manifests'] : []),
    ...(kustomize === undefined ? [] : ['kustomize']),
    ...(chart === undefined ? [] : ['chart']),
  ]
  const hint = 'Say what to release: `image: ghcr.io/acme/web:1.4.2`, or the manifests.'
  const one = 'inputs "image", "manifests", "kustomize", "chart": expected exactly one of them'
  return [
    ...(given.length === 1 ? [] : [{ message: `${one}, got ${given.length === 0 ? 'none' : given.join(' and ')}`, hint }]),
    ...(values.length > 0 && chart === undefined ? [{ message: 'input "values": expected a chart to go with them, got none', hint: 'Add `chart`.' }] : []),
  ]
}

function imageProblems({ app: apps, image }: Inputs): readonly Problem[] {
  if (image.length === 0) return []
  const unknown = image.filter(({ app }) => app !== undefined && !apps.includes(app)).map(({ app }) => app)
  const nameless = apps.length > 1 ? image.filter(({ app }) => app === undefined) : []
  const without = apps.filter((app) => image.filter((line) => (line.app ?? apps[0]) === app).length !== 1)
  return [
    ...(unknown.length === 0 ? [] : [{ message: `input "image": expected one of the apps ${apps.join(', ')}, got ${unknown.join(', ')}` }]),
    ...(nameless.length === 0
      ? []
      : [{ message: `input "image": expected app=image with several apps, got ${nameless.map(({ value }) => value).join(', ')}` }]),
    ...(without.length === 0 || nameless.length > 0
      ? []
      : [{ message: `input "image": expected one image for each app, got none or several for ${without.join(', ')}` }]),
  ]
}

function checkProblems({ checks = [], url }: Inputs): readonly Problem[] {
  if (url !== undefined || !checks.some(({ on }) => on === 'url')) return []
  return [{ message: 'input "url": is required by a check with `on: url`, got nothing', hint: 'Add `url: https://...`.' }]
}

function timeProblems({ timeout, stability }: Inputs): readonly Problem[] {
  if (timeout > stability) return []
  return [
    {
      message: `input "timeout": expected more than the stability of ${formatDuration(stability)}, got ${formatDuration(timeout)}`,
      hint: 'Raise `timeout`, or lower `stability`.',
    },
  ]
}

function parseImage(line: string): { readonly app?: string; readonly value: string } {
  const named = parseNamed(line)
  parseReference(named.value)
  return named
}
