import { Fault, isFault } from '@fairlead/base'
import type { ReadOptions } from '../cluster.ts'
import { valueAt } from '../json-pointer.ts'
import { groupOf, knownResource, knownResourceNamed } from '../known-resources.ts'
import type { Resource } from '../resource.ts'
import type { Call } from './call.ts'
import { parseItems, readJson } from './json.ts'
import type { Rest } from './rest.ts'
import { ServerFault } from './server-fault.ts'
import { SharedReading } from './shared-reading.ts'

interface ServedResource extends Resource {
  readonly names: readonly string[]
}

interface Group {
  readonly name: string
  readonly preferred: string
  readonly versions: readonly string[]
}

type Served = readonly ServedResource[] | undefined

/** How long one of many groups is asked: any of them may be an aggregated API whose server is away. */
const GROUP_PATIENCE = 5_000

interface ServedOptions extends ReadOptions {
  readonly patience?: number
}

/** Finds how kinds are served. Kubernetes' own are known; of others each group version is read once, as long as what is asked for is found. */
export class Discovery {
  readonly #rest: Rest
  readonly #versions = new Map<string, Served>()
  readonly #readings = new Map<string, SharedReading<unknown>>()
  #groups: readonly Group[] | undefined

  constructor(rest: Rest) {
    this.#rest = rest
  }

  async byKind({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }, options: ReadOptions): Promise<Resource> {
    options.signal?.throwIfAborted()
    const known = knownResource({ apiVersion, kind })
    if (known !== undefined) return known
    const found = (await this.#served(apiVersion, options))?.find((resource) => resource.kind === kind)
    if (found !== undefined) return bare(found)
    this.#forget()
    throw unserved({ apiVersion, kind }, await this.#allGroups(options))
  }

  async byName(name: string, options: ReadOptions): Promise<Resource> {
    options.signal?.throwIfAborted()
    const known = knownResourceNamed(name)
    if (known !== undefined) return known
    const wanted = name.trim().toLowerCase()
    const dot = wanted.indexOf('.')
    const [first, rest] = dot < 0 ? [wanted, undefined] : [wanted.slice(0, dot), wanted.slice(dot + 1)]
    const groups = (await this.#allGroups(options)).filter(
      (group) => rest === undefined || group.name === rest || group.versions.includes(versionIn(rest, group)),
    )
    const patience = groups.length > 1 ? { patience: GROUP_PATIENCE } : {}
    const answers = await Promise.allSettled(
      groups.map((group) => this.#served(rest === undefined || group.name === rest ? group.preferred : versionIn(rest, group), { ...options, ...patience })),
    )
    options.signal?.throwIfAborted()
    const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? (answer.value ?? []) : [])).find(({ names }) => names.includes(first))
    if (found !== undefined) return bare(found)
    this.#forget()
    const failures = answers.flatMap((answer): unknown[] => (answer.status === 'rejected' ? [answer.reason] : []))
    if (failures.length > 0) throw unsure(name, failures)
    throw new Fault('UNSUPPORTED', `kind "${name}": this API server serves none, expected a kind, a plural or a short name`, {
      hint: 'Write it as kubectl api-resources shows it, with its group where two groups share the name.',
    })
  }

  /** What a group version serves; undefined when it does not exist. A failed read is not remembered. */
  async #served(apiVersion: string, { patience, signal }: ServedOptions): Promise<Served> {
    if (this.#versions.has(apiVersion)) return this.#versions.get(apiVersion)
    const path = apiVersion.includes('/') ? `/apis/${apiVersion.split('/').map(encodeURIComponent).join('/')}` : `/api/${encodeURIComponent(apiVersion)}`
    const call: Call = { method: 'GET', path, target: `API ${apiVersion}`, patience }
    return this.#once(`${path} ${patience}`, signal, async (shared) => {
      const list = await readJson(this.#rest, { ...call, signal: shared }).catch((error: unknown) => {
        if (error instanceof ServerFault && error.status === 404) return undefined
        throw error
      })
      const served = list === undefined ? undefined : parseItems(list, call, 'resources').flatMap((resource) => readResource(resource, apiVersion))
      this.#versions.set(apiVersion, served)
      return served
    })
  }

  async #allGroups({ signal }: ReadOptions): Promise<readonly Group[]> {
    if (this.#groups !== undefined) return this.#groups
    const call: Call = { method: 'GET', path: '/apis', target: 'API groups' }
    return this.#once(call.path, signal, async (shared) => {
      const groups = parseItems(await readJson(this.#rest, { ...call, signal: shared }), call, 'groups')
      return (this.#groups = [{ name: '', preferred: 'v1', versions: ['v1'] }, ...groups.flatMap(readGroup)])
    })
  }

  /** Reads something for all who want it meanwhile. */
  #once<T>(key: string, signal: AbortSignal | undefined, read: (shared: AbortSignal) => Promise<T>): Promise<T> {
    const current = this.#readings.get(key) as SharedReading<T> | undefined
    if (current !== undefined && !current.isOver) return current.wait(signal)
    const reading = new SharedReading(read)
    this.#readings.set(key, reading)
    return reading.wait(signal)
  }

  /** What is not served now may be in a moment: whoever brings it asks again. */
  #forget(): void {
    this.#versions.clear()
    this.#groups = undefined
  }
}

function unserved({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }, groups: readonly Group[]): Fault {
  const group = groups.find(({ name }) => name === groupOf(apiVersion))
  const got = group === undefined ? 'no such group' : `only ${group.versions.join(', ')}`
  return new Fault('UNSUPPORTED', `${kind}: this API server does not serve it as ${apiVersion}, got ${got}`, {
    hint: group === undefined ? `Install what brings ${kind} to the cluster.` : `Write ${kind} in a version that the cluster serves.`,
  })
}

/** A name that nobody has may be one of those who did not answer. What is not about being away is thrown as it is. */
function unsure(name: string, failures: readonly unknown[]): unknown {
  const other = failures.find((failure) => !isFault(failure, 'UNAVAILABLE'))
  if (other !== undefined || failures.length === 0) return other
  const [first] = failures
  const words = failures.map((failure) => (failure as Fault).message).join('; ')
  return new Fault('UNAVAILABLE', `kind "${name}": none of the API groups that answered has it, expected an answer of all, got ${words}`, {
    cause: first,
    hint: 'Write the kind with its group, or mend the APIService of the group that does not answer.',
  })
}

/** The group version that `v1.example.com` means within a group. */
function versionIn(rest: string, group: Group): string {
  const dot = rest.indexOf('.')
  return dot < 0 ? '' : rest.slice(dot + 1) === group.name ? `${group.name}/${rest.slice(0, dot)}` : ''
}

function readGroup(value: unknown): Group[] {
  const [name, preferred, versions] = [valueAt(value, ['name']), valueAt(value, ['preferredVersion', 'groupVersion']), valueAt(value, ['versions'])]
  if (typeof name !== 'string' || typeof preferred !== 'string') return []
  return [{ name, preferred, versions: Array.isArray(versions) ? texts(versions.map((version) => valueAt(version, ['groupVersion']))) : [] }]
}

function readResource(value: unknown, apiVersion: string): ServedResource[] {
  const [plural, kind, singular, short] = ['name', 'kind', 'singularName', 'shortNames'].map((field) => valueAt(value, [field]))
  if (typeof plural !== 'string' || typeof kind !== 'string' || plural.includes('/')) return []
  const names = [plural, kind.toLowerCase(), ...texts([singular]), ...(Array.isArray(short) ? texts(short) : [])]
  return [{ apiVersion, kind, plural, namespaced: valueAt(value, ['namespaced']) === true, names }]
}

function texts(values: readonly unknown[]): string[] {
  return values.filter((value) => typeof value === 'string' && value !== '') as string[]
}

function bare({ apiVersion, kind, plural, namespaced }: ServedResource): Resource {
  return { apiVersion, kind, plural, namespaced }
}
