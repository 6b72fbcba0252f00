import { Fault } from '@fairlead/base'
import { parse } from 'yaml'
import { valueAt } from '../../json-pointer.ts'

/** The text of a kubeconfig and the file it stands in; none when it was given as text. */
export interface KubeconfigText {
  readonly text: string
  readonly file?: string
}

/** One part of a kubeconfig as it is written, with the file its relative paths begin at. */
export interface Entry {
  readonly name: string
  readonly fields: Readonly<Record<string, unknown>>
  readonly file: string | undefined
}

/** A kubeconfig, merged. */
export interface Kubeconfig {
  readonly currentContext: string | undefined
  readonly contexts: ReadonlyMap<string, Entry>
  readonly clusters: ReadonlyMap<string, Entry>
  readonly users: ReadonlyMap<string, Entry>
}

/** What a context leads to. */
export interface Choice {
  readonly context: string
  readonly namespace: string | undefined
  readonly cluster: Entry
  /** Absent for a context without one: whoever may come in unnamed. */
  readonly user: Entry | undefined
}

/** Reads kubeconfigs and merges them the way kubectl does: of what is named twice the first counts, and so does the first current-context. */
export function readKubeconfigs(texts: readonly KubeconfigText[]): Kubeconfig {
  const all = texts.map(readKubeconfig)
  const merged = (part: 'contexts' | 'clusters' | 'users') => firstOfEach(all.flatMap((kubeconfig) => [...kubeconfig[part]]))
  return {
    currentContext: all.find(({ currentContext }) => currentContext !== undefined)?.currentContext,
    contexts: merged('contexts'),
    clusters: merged('clusters'),
    users: merged('users'),
  }
}

/** Follows a context, the current one unless another is wanted, to its cluster and user. */
export function chooseContext(kubeconfig: Kubeconfig, wanted: string | undefined): Choice {
  const name = wanted ?? kubeconfig.currentContext
  const known = [...kubeconfig.contexts.keys()]
  const contexts = known.length === 0 ? 'none' : known.map((context) => `"${context}"`).join(', ')
  if (name === undefined) throw invalid('kubeconfig: no context is chosen', `current-context or one of ${contexts}`, 'neither')
  const context = kubeconfig.contexts.get(name)
  if (context === undefined) throw invalid(`kubeconfig: there is no context "${name}"`, `one of ${contexts}`, `"${name}"`)
  const clusterName = textField(context, 'cluster') ?? ''
  const cluster = kubeconfig.clusters.get(clusterName)
  if (cluster === undefined) throw invalid(`kubeconfig: context "${name}" leads nowhere`, 'a cluster of the kubeconfig', `"${clusterName}"`)
  return { context: name, namespace: textField(context, 'namespace'), cluster, user: userOf(context, kubeconfig) }
}

function userOf(context: Entry, { users }: Kubeconfig): Entry | undefined {
  const name = textField(context, 'user')
  if (name === undefined) return undefined
  const user = users.get(name)
  if (user === undefined) throw invalid(`kubeconfig: context "${context.name}" names nobody`, 'a user of the kubeconfig', `"${name}"`)
  return user
}

/** Reads a text of an entry; undefined when it is absent or empty. */
export function textField({ fields }: Pick<Entry, 'fields'>, ...path: readonly string[]): string | undefined {
  const value = valueAt(fields, path)
  return typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined
}

/** Tells the content of a kubeconfig from the path of one. People also store it in base64, which is undone. */
export function asContent(text: string): string | undefined {
  if (looksLikeContent(text)) return text
  const compact = text.replace(/\s/g, '')
  if (compact.length < 40 || !/^[A-Za-z0-9+/_-]+=*$/.test(compact)) return undefined
  const decoded = Buffer.from(compact, 'base64').toString('utf8')
  return looksLikeContent(decoded) ? decoded : undefined
}

function looksLikeContent(text: string): boolean {
  return /^\s*\{/.test(text) || /(?:^|\n)\s*(?:apiVersion|kind|clusters|contexts|users|current-context)\s*:/.test(text)
}

function readKubeconfig({ text, file }: KubeconfigText): Kubeconfig {
  const value = parseText(text, file)
  const place = file ?? 'its content'
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(`kubeconfig: ${place} is none`, 'a map with clusters, contexts and users', 'something else')
  const current = valueAt(value, ['current-context'])
  const entries = (part: string, field: string) => readEntries(valueAt(value, [part]), field, file)
  return {
    currentContext: typeof current === 'string' && current !== '' ? current : undefined,
    contexts: entries('contexts', 'context'),
    clusters: entries('clusters', 'cluster'),
    users: entries('users', 'user'),
  }
}

/** Says where YAML is wrong, and never quotes the line: it may be a key. */
function parseText(text: string, file: string | undefined): unknown {
  try {
    return parse(text, { prettyErrors: true, logLevel: 'error' })
  } catch (error) {
    const { linePos, code } = error as { linePos?: readonly { readonly line: number; readonly col: number }[]; code?: string }
    const at = linePos?.[0] === undefined ? '' : ` at line ${linePos[0].line}, column ${linePos[0].col}`
    throw invalid(`kubeconfig: ${file ?? 'its content'} cannot be read${at}`, 'YAML', code ?? 'something else')
  }
}

function readEntries(list: unknown, field: string, file: string | undefined): Map<string, Entry> {
  const entries = Array.isArray(list) ? list : []
  const found = entries.flatMap((item): [string, Entry][] => {
    const [name, fields] = [valueAt(item, ['name']), valueAt(item, [field]) ?? {}]
    return typeof name === 'string' || typeof name === 'number' ? [[String(name), { name: String(name), fields: fields as Entry['fields'], file }]] : []
  })
  return firstOfEach(found)
}

function firstOfEach(entries: readonly (readonly [string, Entry])[]): Map<string, Entry> {
  const first = new Map<string, Entry>()
  for (const [name, entry] of entries) if (!first.has(name)) first.set(name, entry)
  return first
}

function invalid(what: string, expected: string, got: string): Fault {
  return new Fault('INPUT_INVALID', `${what}, expected ${expected}, got ${got}`, {
    hint: 'Give a kubeconfig, and a context of it, as kubectl config view shows them.',
  })
}
