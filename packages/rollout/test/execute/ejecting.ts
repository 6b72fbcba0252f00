import { parseManifests, valueAt, type KubeObject } from '@fairlead/kube'
import { planEject, planStay, releaseFromManifests, releaseRefusals, type Release, type RolloutOutcome } from '../../src/index.ts'
import { appText, NAMESPACE, options, Stage, web } from '../stage.ts'
import { Guard } from './guard.ts'

const CONFIG = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, labels: {app: web}}\ndata: {colour: blue}\n'
const SECRET = 'apiVersion: v1\nkind: Secret\nmetadata: {name: keys}\nstringData: {key: s3cret}\n'
const BUDGET = 'apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: web}\nspec: {minAvailable: 1, selector: {matchLabels: {app: web}}}\n'
export const DEPLOYMENTS = { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments', namespaced: true }
export const SERVICE = { resource: { apiVersion: 'v1', kind: 'Service', plural: 'services', namespaced: true }, namespace: NAMESPACE, name: 'web' }
/** Milliseconds for every write of a run, one after the other. */
export const SLOW = 90_000
const own = appText('web', { version: '0', service: true })

/** Release of app web that reads a ConfigMap and a Secret. */
export function configured(version: string): Release {
  const text = appText('web', { version, service: true }).replace(
    `image: ghcr.io/shop/web:${version}`,
    `image: ghcr.io/shop/web:${version}\n          envFrom: [{configMapRef: {name: settings}}, {secretRef: {name: keys}}]`,
  )
  return releaseFromManifests(parseManifests([{ file: 'shop.yaml', text: [text, CONFIG, SECRET].join('---\n') }]), {
    apps: ['web'],
    services: new Map([['web', 'web']]),
    namespace: NAMESPACE,
  })
}

export async function eject(stage: Stage): Promise<RolloutOutcome | string> {
  const standings = await stage.observe()
  const plan = planEject(standings, options())
  return plan.refused ?? (await stage.run(plan, standings))
}

export async function stay(stage: Stage): Promise<RolloutOutcome> {
  const standings = await stage.observe()
  return await stage.run(planStay(standings, options()), standings)
}

export interface Beginning {
  readonly name: string
  readonly begin: (stage: Stage) => Promise<unknown>
}

export const BEGINNINGS: readonly Beginning[] = [
  {
    name: 'two releases, nothing from before',
    begin: async (stage) => {
      await stage.deploy(web('1'))
      await stage.deploy(web('2'))
    },
  },
  {
    name: 'a warm standby, with an HPA and a PDB',
    begin: async (stage) => {
      await stage.users(BUDGET)
      await stage.deploy(web('1', { autoscaler: true }))
      await stage.deploy(web('2', { autoscaler: true }), { standby: { type: 'warm' } })
    },
  },
  {
    name: 'an adopted Deployment, held at zero',
    begin: async (stage) => {
      await stage.users(own)
      await stage.deploy(web('1'))
    },
  },
  {
    name: 'a rollback to the adopted Deployment',
    begin: async (stage) => {
      await stage.users(own)
      await stage.deploy(web('1'))
      await stage.rollback()
    },
  },
  { name: 'copies of configuration', begin: async (stage) => await stage.deploy(configured('1')) },
]

/** A Guard that knows that the Deployment of the app's own name is written. */
export function guarded(stage: Stage): () => readonly string[] {
  const guard = new Guard(stage)
  return () => guard.look().filter((each) => each !== 'the template of Deployment web is written')
}

export async function begun({ begin }: Beginning): Promise<{ readonly stage: Stage; readonly violations: () => readonly string[] }> {
  const stage = new Stage()
  await begin(stage)
  return { stage, violations: guarded(stage) }
}

export const shown = (outcome: RolloutOutcome | string) => (typeof outcome === 'string' ? outcome : [outcome.forward.ended, outcome.forward.fault?.message])

/** Releases as the action does: not where preflight refuses, which is said up to the first comma. */
export async function release(stage: Stage): Promise<string> {
  const [standing] = await stage.observe()
  const [app] = web('9').apps
  if (standing === undefined || app === undefined) throw new Error('expected an app')
  const [refusal] = releaseRefusals(standing, { release: app, options: options(), claims: new Map() })
  if (refusal !== undefined) return refusal.message.split(',')[0] ?? ''
  return (await stage.deploy(web('9'))).forward.ended
}

/** All there is of ours, whatever its kind. */
export function ours(stage: Stage): readonly string[] {
  const of = (object: KubeObject) => `${object.kind} ${object.metadata.name}`
  return stage.cluster
    .objects()
    .filter(
      ({ kind, metadata, spec }) => kind !== 'EndpointSlice' && /fairlead/.test(JSON.stringify([metadata.name, metadata.labels, metadata.annotations, spec])),
    )
    .map(of)
}

export const plainOf = (stage: Stage) => stage.find('Deployment', 'web')
export const imageOf = (stage: Stage) => valueAt(plainOf(stage), ['spec', 'template', 'spec', 'containers', 0, 'image'])
export const selectorOf = (stage: Stage) => valueAt(stage.find('Service', 'web'), ['spec', 'selector'])
