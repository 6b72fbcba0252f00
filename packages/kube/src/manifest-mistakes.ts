import { isMap } from './json-pointer.ts'
import { valueAt } from './json-pointer.ts'
import { TEMPLATE_HINT, TEMPLATE_SENTENCE, type ManifestPath } from './manifest-text.ts'

/** Something wrong in a manifest that the API server would refuse, or worse, accept. */
export interface Mistake {
  readonly path: ManifestPath
  readonly text: string
  readonly hint?: string
}

/** Finds what is wrong with what should be one Kubernetes object. Knows only what all kinds have in common. */
export function findMistakes(value: unknown): readonly Mistake[] {
  if (!isMap(value)) return [{ path: [], text: `expected a Kubernetes object, got ${nameOf(value)}` }]
  if (String(value['apiVersion']).startsWith('kustomize.config.k8s.io/')) return [KUSTOMIZATION]
  return [...wrongWord(value, 'apiVersion'), ...wrongWord(value, 'kind'), ...wrongMetadata(value), ...templates(value)]
}

/** It lies in the same folder as manifests, and is a recipe for them. */
const KUSTOMIZATION: Mistake = {
  path: ['kind'],
  text: 'a kustomization is no object of a cluster, expected what it renders',
  hint: 'Render it first: kubectl kustomize <folder> > manifests.yaml.',
}

function wrongWord(value: Readonly<Record<string, unknown>>, field: string): Mistake[] {
  const word = value[field]
  if (typeof word === 'string' && word !== '') return []
  return [{ path: [field], text: `${field} is missing, expected a text, got ${nameOf(word)}` }]
}

function wrongMetadata(value: Readonly<Record<string, unknown>>): Mistake[] {
  const metadata = value['metadata']
  if (!isMap(metadata)) return [{ path: ['metadata'], text: `metadata.name is missing, expected a text, got ${nameOf(metadata)}` }]
  return [...wrongName(metadata), ...wrongNamespace(metadata), ...wrongTexts(metadata, 'labels'), ...wrongTexts(metadata, 'annotations')]
}

function wrongName(metadata: Readonly<Record<string, unknown>>): Mistake[] {
  const { name, generateName } = metadata
  if (typeof name === 'string' && name !== '') return []
  if (name === undefined && generateName !== undefined) {
    return [
      {
        path: ['metadata', 'generateName'],
        text: 'generateName makes another object on every run, expected metadata.name',
        hint: 'Give the object a name of its own.',
      },
    ]
  }
  return [{ path: ['metadata', 'name'], text: `metadata.name is missing, expected a text, got ${nameOf(name)}`, ...quoteHint(name) }]
}

function wrongNamespace({ namespace }: Readonly<Record<string, unknown>>): Mistake[] {
  if (namespace === undefined || namespace === null || typeof namespace === 'string') return []
  return [{ path: ['metadata', 'namespace'], text: `metadata.namespace is no text, expected a name, got ${nameOf(namespace)}`, ...quoteHint(namespace) }]
}

function wrongTexts(metadata: Readonly<Record<string, unknown>>, field: 'labels' | 'annotations'): Mistake[] {
  const map = metadata[field]
  if (map === undefined || map === null) return []
  if (!isMap(map)) return [{ path: ['metadata', field], text: `metadata.${field} is no map, expected keys with texts, got ${nameOf(map)}` }]
  return Object.entries(map)
    .filter(([, text]) => typeof text !== 'string')
    .map(([key, text]) => ({
      path: ['metadata', field, key],
      text: `${field} hold texts only, expected a text for "${key}", got ${nameOf(text)}`,
      ...quoteHint(text),
    }))
}

const IDENTITY: readonly ManifestPath[] = [['apiVersion'], ['kind'], ['metadata', 'name'], ['metadata', 'namespace']]

/** Template expressions that YAML takes for texts, because somebody quoted them. */
function templates(value: unknown): Mistake[] {
  const containers = ['containers', 'initContainers'].flatMap((list) => {
    const items = valueAt(value, ['spec', 'template', 'spec', list])
    return Array.isArray(items) ? items.map((_item, index): ManifestPath => ['spec', 'template', 'spec', list, index, 'image']) : []
  })
  return [...IDENTITY, ...containers]
    .filter((path) => String(valueAt(value, path)).includes('{{'))
    .map((path) => ({ path, text: TEMPLATE_SENTENCE, hint: TEMPLATE_HINT }))
}

function quoteHint(value: unknown): { hint?: string } {
  return typeof value === 'number' || typeof value === 'boolean' ? { hint: 'Put the value in quotes.' } : {}
}

function nameOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  if (typeof value === 'string') return value === '' ? 'an empty text' : `the text ${value.slice(0, 60)}`
  return typeof value === 'number' || typeof value === 'boolean' ? `the ${typeof value} ${value}` : `a ${typeof value}`
}
