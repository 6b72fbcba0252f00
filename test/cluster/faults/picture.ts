import type { Complaint } from '@fairlead/faults'
import type { Place } from '../cluster.ts'

/** What somebody who looks beside everything else has to complain of: the first of it, and how often. */
export function complaintWords(complaints: readonly Complaint[]): readonly string[] {
  return complaints.slice(0, 1).map(({ what, seen }) => `the Service selected ${what}: ${seen} (${complaints.length} times)`)
}

/** How a place stands, as far as two ends of one story must be alike. */
export interface Picture {
  /** What the Service selects. */
  readonly selector: Readonly<Record<string, string>>
  /** `shop-blue 3 x 127.0.0.1:5000/shop:1`, `held` where it is paused. */
  readonly deployments: readonly string[]
  /** Everything else by kind and name, with numbers of releases taken out. */
  readonly objects: readonly string[]
  /** Who holds the lock, if anybody does. */
  readonly locks: readonly string[]
  /** What the journal says is active, and what it says is on its way. */
  readonly journal: readonly string[]
}

const KINDS = 'deployments,configmaps,leases,poddisruptionbudgets,horizontalpodautoscalers,services,secrets'

/** Takes the picture of a place. */
export async function pictureOf({ kubectl }: Pick<Place, 'kubectl'>): Promise<Picture> {
  const { items } = JSON.parse(await kubectl('get', KINDS, '-o', 'json')) as { readonly items: readonly Item[] }
  const of = (kind: string) => items.filter((item) => item.kind === kind)
  const others = items.filter(({ kind, metadata }) => kind !== 'Deployment' && kind !== 'Lease' && metadata.name !== 'kube-root-ca.crt')
  const journal = items.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'fairlead.shop')?.data?.['journal']
  return {
    selector: inOrder(of('Service').find(({ metadata }) => metadata.name === 'shop')?.spec?.selector ?? {}),
    deployments: of('Deployment').map(deploymentWords).toSorted(),
    objects: others.map(({ kind, metadata }) => `${kind} ${metadata.name.replace(/\.r\d+$/, '.r*')}`).toSorted(),
    locks: of('Lease').flatMap(({ metadata, spec }) => ((spec?.holderIdentity ?? '') === '' ? [] : [`${metadata.name} held by ${spec?.holderIdentity}`])),
    journal: journal === undefined ? [] : journalWords(JSON.parse(journal) as JournalText),
  }
}

/** Where two pictures differ, one line each. */
export function differences(expected: Picture, got: Picture): readonly string[] {
  return (Object.keys(expected) as (keyof Picture)[]).flatMap((key) => {
    const [one, other] = [JSON.stringify(expected[key]), JSON.stringify(got[key])]
    return one === other ? [] : [`${key}: expected ${one}, got ${other}`]
  })
}

/** What must not be there once nobody works on an app any more. */
export function leftovers({ locks, journal }: Pick<Picture, 'locks' | 'journal'>): readonly string[] {
  return [
    ...locks.map((words) => `left over: ${words}`),
    ...journal.filter((words) => !words.startsWith('active: ')).map((words) => `left over in the journal: ${words}`),
  ]
}

interface Item {
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly data?: Readonly<Record<string, string>>
  readonly spec?: {
    readonly replicas?: number
    readonly paused?: boolean
    readonly selector?: Readonly<Record<string, string>>
    readonly holderIdentity?: string | null
    readonly template?: { readonly spec: { readonly containers: readonly { readonly image: string }[] } }
  }
}

interface JournalText {
  readonly active?: { readonly backend: unknown; readonly release: { readonly images: readonly string[] } }
  readonly rollout?: { readonly step: string; readonly state: string }
  readonly doing?: { readonly step: string }
  readonly returning?: boolean
}

function inOrder(selector: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(selector).toSorted(([one], [other]) => one.localeCompare(other)))
}

function deploymentWords({ metadata, spec }: Item): string {
  const images = spec?.template?.spec.containers.map(({ image }) => image).join(' ')
  return `${metadata.name} ${spec?.replicas ?? 0} x ${images}${spec?.paused === true ? ', held' : ''}`
}

function journalWords({ active, rollout, doing, returning }: JournalText): readonly string[] {
  return [
    ...(active === undefined ? [] : [`active: ${JSON.stringify(active.backend)} with ${active.release.images.join(' ')}`]),
    ...(rollout === undefined ? [] : [`on its way: ${rollout.step} (${rollout.state})`]),
    ...(doing === undefined ? [] : [`doing: ${doing.step}`]),
    ...(returning === true ? ['returning'] : []),
  ]
}
