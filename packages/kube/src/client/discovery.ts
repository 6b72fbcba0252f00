import { Fault } from '@fairlead/base'
import { valueAt } from '../json-pointer.ts'
import { groupOf, knownResource, knownResourceNamed } from '../known-resources.ts'
import type { Resource } from '../resource.ts'
import { readJson } from './json.ts'
import type { Rest } from './rest.ts'

interface ServedResource extends Resource {
  readonly names: readonly string[]
}

interface Group {
  readonly name: string
  readonly preferred: string
  readonly versions: readonly string[]
}

/** Finds how kinds are served. Kubernetes' own are known; of others each group version is read once, as long as what is asked for is found. */
export class Discovery {
  readonly #rest: Rest
  readonly #versions = new Map<string, Promise<readonly ServedResource[] | undefined>>()
  #groups: Promise<readonly Group[]> | undefined

  constructor(rest: Rest) {
    this.#rest = rest
  }

  async byKind({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): Promise<Resource> {
    const known = knownResource({ apiVersion, kind })
    if (known !== undefined) return known
    const found = (await this.#served(apiVersion))?.find((resource) => resource.kind === kind)
    if (found !== undefined) return bare(found)
    this.#forget()
    throw await this.#unserved(apiVersion, kind)
  }

  async byName(name: string): Promise<Resource> {
    const known = knownResourceNamed(name)
    if (known !== undefined) return known
    const wanted = name.trim().toLowerCase()
    const dot = wanted.indexOf('.')
    const [first, rest] = dot < 0 ? [wanted, undefined] : [wanted.slice(0, dot), wanted.slice(dot + 1)]
    const groups = (await this.#allGroups()).filter((group) => rest === undefined || group.name === rest || group.versions.includes(versionIn(rest, group)))
    const lists = await Promise.all(groups.map((group) => this.#served(rest === undefined || group.name === rest ? group.preferred : versionIn(rest, group))))
    const found = lists.flatMap((list) => list ?? []).find(({ names }) => names.includes(first))
    if (found !== undefined) return bare(found)
    this.#forget()
    throw new Fault('UNSUPPORTED', `kind "${name}": this API server serves none, expected a kind, a plural or a short name`, {
      hint: 'Write it as kubectl api-resources shows it, with its group where two groups share the name.',
    })
  }

  /** What a group version serves; undefined when it does not exist. A failed read is not remembered. */
  #served(apiVersion: string): Promise<readonly ServedResource[] | undefined> {
    const cached = this.#versions.get(apiVersion)
    if (cached !== undefined) return cached
    const reading = this.#read(apiVersion)
    this.#versions.set(apiVersion, reading)
    reading.catch(() => this.#versions.delete(apiVersion))
    return reading
  }

  async #read(apiVersion: string): Promise<readonly ServedResource[] | undefined> {
    const path = apiVersion.includes('/') ? `/apis/${apiVersion.split('/').map(encodeURIComponent).join('/')}` : `/api/${encodeURIComponent(apiVersion)}`
    const list = await readJson(this.#rest, { method: 'GET', path, target: `API ${apiVersion}` }).catch((error: unknown) => {
      if (error instanceof Fault && (error.code === 'UNSUPPORTED' || error.code === 'NOT_FOUND')) return undefined
      throw error
    })
    const resources = valueAt(list, ['resources'])
    return Array.isArray(resources) ? resources.flatMap((resource) => served(resource, apiVersion)) : undefined
  }

  async #allGroups(): Promise<readonly Group[]> {
    this.#groups ??= readJson(this.#rest, { method: 'GET', path: '/apis', target: 'API groups' }).then((value) => {
      const groups = valueAt(value, ['groups'])
      return [{ name: '', preferred: 'v1', versions: ['v1'] }, ...(Array.isArray(groups) ? groups.map(readGroup) : [])]
    })
    this.#groups.catch(() => (this.#groups = undefined))
    return this.#groups
  }

  /** What is not served now may be in a moment: whoever brings it asks again. */
  #forget(): void {
    this.#versions.clear()
    this.#groups = undefined
  }

  async #unserved(apiVersion: string, kind: string): Promise<Fault> {
    const group = (await this.#allGroups()).find(({ name }) => name === groupOf(apiVersion))
    const got = group === undefined ? 'no such group' : `only ${group.versions.join(', ')}`
    return new Fault('UNSUPPORTED', `${kind}: this API server does not serve it as ${apiVersion}, got ${got}`, {
      hint: group === undefined ? `Install what brings ${kind} to the cluster.` : `Write ${kind} in a version that the cluster serves.`,
    })
  }
}

/** The group version that `v1.example.com` means within a group. */
function versionIn(rest: string, group: Group): string {
  const dot = rest.indexOf('.')
  return dot < 0 ? '' : rest.slice(dot + 1) === group.name ? `${group.name}/${rest.slice(0, dot)}` : ''
}

function readGroup(value: unknown): Group {
  const versions = valueAt(value, ['versions'])
  return {
    name: String(valueAt(value, ['name'])),
    preferred: String(valueAt(value, ['preferredVersion', 'groupVersion'])),
    versions: Array.isArray(versions) ? versions.map((version) => String(valueAt(version, ['groupVersion']))) : [],
  }
}

function served(value: unknown, apiVersion: string): ServedResource[] {
  const [plural, kind, singular, short] = ['name', 'kind', 'singularName', 'shortNames'].map((field) => valueAt(value, [field]))
  if (typeof plural !== 'string' || typeof kind !== 'string' || plural.includes('/')) return []
  const names = [plural, kind.toLowerCase(), String(singular), ...(Array.isArray(short) ? short.map(String) : [])]
  return [{ apiVersion, kind, plural, namespaced: valueAt(value, ['namespaced']) === true, names }]
}

function bare({ apiVersion, kind, plural, namespaced }: ServedResource): Resource {
  return { apiVersion, kind, plural, namespaced }
}
