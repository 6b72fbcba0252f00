import { isMap, sameJson, valueAt, type KubeObject, type StringMap } from '@fairlead/kube'
import { LABELS } from '@fairlead/traffic'
import type { Journal } from '../../src/index.ts'
import { isHealthyPod, servedPods, slotOf } from '../execute/traffic.ts'
import type { Stage } from '../stage.ts'

/** What is wrong with how an app was left, where every run has ended: nothing is held, nothing is under way, one slot serves and the other has no Pods. */
export function unrestOf(stage: Stage, app = 'web'): readonly string[] {
  const journal = journalOf(stage, app)
  const slots = ['blue', 'green'].flatMap((slot) => stage.find('Deployment', `${app}-${slot}`) ?? [])
  if (journal === undefined) return [...slots.map(({ metadata }) => `Deployment ${metadata.name} is left without a journal`), ...heldWithout(stage, app)]
  const { rollout, doing, active } = journal
  return [
    ...(doing === undefined ? [] : [`the journal of ${app} says "${doing.step}" is ${doing.state}`]),
    ...(rollout?.state === 'running' ? [`the journal of ${app} has release ${rollout.release.number} on its way`] : []),
    ...(active === undefined || rollout !== undefined
      ? []
      : servedElsewhere(stage, app, active.backend.type === 'slot' ? `${app}-${active.backend.slot}` : 'own')),
    ...slots.flatMap((slot) => idling(slot, journal, app)),
  ]
}

/** Who holds the lock of an app; empty where nobody does. */
export function holderOf(stage: Stage, app = 'web'): string {
  return holderIn(stage.find('Lease', `fairlead.${app}`))
}

/** Who holds a lock by its Lease; empty where nobody does. */
export function holderIn(lease: KubeObject | undefined): string {
  const holder = valueAt(lease, ['spec', 'holderIdentity'])
  return typeof holder === 'string' ? holder : ''
}

/** The journal of an app, as it stands in the cluster. */
export function journalOf(stage: Stage, app = 'web'): Journal | undefined {
  const text = valueAt(stage.find('ConfigMap', `fairlead.${app}`), ['data', 'journal'])
  return typeof text === 'string' ? (JSON.parse(text) as Journal) : undefined
}

/** An object as a picture shows it. */
export interface Pictured {
  readonly name: string
  readonly rest: unknown
}

/** What a user would call the state of things. The record of a release tells times and a number that is never given twice, so it is only counted. */
export function pictureOf(stage: Stage): readonly Pictured[] {
  const pictured = stage.picture() as readonly Pictured[]
  const isRecord = ({ name }: Pictured) => /^ConfigMap\/fairlead\.\w+\.r\d*$/.test(name)
  return [...pictured.filter((each) => !isRecord(each)).map(unfenced), { name: 'records', rest: { count: pictured.filter(isRecord).length } }]
}

/** Without what says who overtook whom, and without the sum of a journal, which tells times. */
function unfenced({ name, rest }: Pictured): Pictured {
  const { labels = {}, annotations = {}, ...others } = rest as { readonly labels?: StringMap; readonly annotations?: StringMap }
  const isJournal = name.startsWith('ConfigMap/fairlead.')
  return { name, rest: { ...others, labels: without(labels, LABELS.fence), annotations: isJournal ? {} : annotations } }
}

function without(map: StringMap, key: string): StringMap {
  return Object.fromEntries(Object.entries(map).filter(([each]) => each !== key))
}

/** What differs between two pictures, by the names of the objects. */
export function differences(one: readonly Pictured[], other: readonly Pictured[]): readonly string[] {
  const [left, right] = [byName(one), byName(other)]
  return [...new Set([...left.keys(), ...right.keys()])]
    .filter((name) => !sameJson(left.get(name) ?? null, right.get(name) ?? null))
    .map((name) => {
      const [a, b] = [left.get(name), right.get(name)]
      if (a === undefined || b === undefined) return `${name} is ${a === undefined ? 'missing' : 'left over'}`
      return `${name} has ${partsThatDiffer(a, b).join(', ')}`
    })
}

function heldWithout(stage: Stage, app: string): readonly string[] {
  return valueAt(stage.find('Deployment', app), ['spec', 'paused']) === true ? [`Deployment ${app} is left held`] : []
}

function servedElsewhere(stage: Stage, app: string, wanted: string): readonly string[] {
  const pods = servedPods(stage.cluster.objects(), app).filter(isHealthyPod)
  const slots = [...new Set(pods.map(slotOf))]
  return sameJson(slots, [wanted]) ? [] : [`Service ${app} leads to ${slots.join(' and ') || 'nobody'}, and the journal says ${wanted}`]
}

function idling(slot: KubeObject, { active, rollout }: Journal, app: string): readonly string[] {
  const isActive = active?.backend.type === 'slot' && slot.metadata.name === `${app}-${active.backend.slot}`
  const replicas = valueAt(slot, ['spec', 'replicas'])
  return isActive || rollout !== undefined || replicas === 0 ? [] : [`Deployment ${slot.metadata.name} is left with ${String(replicas)} replicas`]
}

function byName(picture: readonly Pictured[]): ReadonlyMap<string, unknown> {
  return new Map(picture.map(({ name, rest }) => [name, rest]))
}

/** The deepest paths under which two values differ. */
function partsThatDiffer(one: unknown, other: unknown, path = ''): readonly string[] {
  if (sameJson(one ?? null, other ?? null)) return []
  if (!isMap(one) || !isMap(other)) return [`${path}: ${JSON.stringify(one)?.slice(0, 200)} instead of ${JSON.stringify(other)?.slice(0, 200)}`]
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap((key) => partsThatDiffer(one[key], other[key], `${path}/${key}`))
}
