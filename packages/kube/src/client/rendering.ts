import { Fault } from '@fairlead/base'
import type { ChartRequest, KustomizeRequest, RenderRequest } from '../renderer.ts'
import type { SourceFolder } from './source-folder.ts'

/** A tool with its arguments. */
export interface Attempt {
  readonly command: string
  readonly arguments: readonly string[]
}

/** How something is rendered. */
export interface Rendering {
  /** What is rendered, for messages. */
  readonly target: string
  /** The tools that can do it; a later one where the earlier is not installed. */
  readonly attempts: readonly Attempt[]
  readonly installHint: string
}

/** Writes the command lines for what is to be rendered. Throws INPUT_INVALID where a path leaves the workspace, or a word could be taken for an option. */
export async function renderingOf(request: RenderRequest, source: SourceFolder): Promise<Rendering> {
  switch (request.type) {
    case 'kustomize':
      return kustomizing(request, source)
    case 'chart':
      return templating(request, source)
  }
}

async function kustomizing({ folder }: KustomizeRequest, source: SourceFolder): Promise<Rendering> {
  const argument = await source.argument(folder, ['folder'])
  return {
    target: `kustomize "${folder}"`,
    attempts: [
      { command: 'kubectl', arguments: ['kustomize', argument] },
      { command: 'kustomize', arguments: ['build', argument] },
    ],
    installHint: 'Install kubectl in a step before this one, for example with azure/setup-kubectl.',
  }
}

async function templating({ chart, release, namespace, values }: ChartRequest, source: SourceFolder): Promise<Rendering> {
  requireName('release', release, RELEASE)
  requireName('namespace', namespace, NAMESPACE)
  // CRDs are objects of the release: without them its other objects may have no kind.
  const words = ['template', release, await chartArgument(chart, source), '--namespace', namespace, '--include-crds']
  for (const file of values) words.push('--values', await valuesArgument(file, source))
  return {
    target: `chart "${chart}"`,
    attempts: [{ command: 'helm', arguments: words }],
    installHint: 'Install helm in a step before this one, for example with azure/setup-helm.',
  }
}

/** What Helm and Kubernetes take for names; above all, no option of the tool is one. */
const RELEASE = /^(?=.{1,53}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/
const NAMESPACE = /^(?=.{1,63}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/

function requireName(what: string, name: string, pattern: RegExp): void {
  if (pattern.test(name)) return
  throw new Fault('INPUT_INVALID', `${what} "${name}": it is not usable, expected lower case letters, digits and dashes, got another name`, {
    hint: `Correct the ${what}.`,
  })
}

const REGISTRY = /^oci:\/\/[^\s-]\S*$/
const REPOSITORY = /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/

/** What is in the workspace comes first, as Helm has it. */
async function chartArgument(chart: string, source: SourceFolder): Promise<string> {
  if (REGISTRY.test(chart) || (REPOSITORY.test(chart) && !(await source.has(chart)))) return chart
  if (chart.startsWith('-') || chart.includes('://')) {
    throw new Fault(
      'INPUT_INVALID',
      `chart "${chart}": it cannot be rendered, expected a path in the workspace, oci://... or repository/name, got something else`,
      {
        hint: 'Write a path that begins with ./ or the name of a chart.',
      },
    )
  }
  return source.argument(chart, ['folder', 'file'])
}

/** Helm splits this option at commas, and would read files that nobody has looked at. */
async function valuesArgument(file: string, source: SourceFolder): Promise<string> {
  if (!/[,"\n\r]/.test(file)) return source.argument(file, ['file'])
  throw new Fault('INPUT_INVALID', `values "${file}": helm cannot be given this file, expected a path without commas and quotes, got one with them`, {
    hint: 'Name one file at a time, or rename it.',
  })
}
