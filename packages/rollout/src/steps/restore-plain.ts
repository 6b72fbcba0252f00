import { deadlineIn, isFault, SUITE } from '@fairlead/base'
import { sameJson, type KubeObject, type PatchOperation } from '@fairlead/kube'
import type { Effects, StepKind, StepResult } from '../execute/effects.ts'
import type { RestorePlainStep } from '../plan/step.ts'
import { slotName } from '../release/index.ts'
import { DEPLOYMENT_ACCESS, HEALTH_ACCESS, journalAccess, objectAccess } from './access.ts'
import { deploymentReference, isObserved, lookUntil, readDeployment, replicaSetsOf } from './deployment.ts'
import { readFenced } from './fenced.ts'
import { hasTemplateOf } from './hold.ts'
import { describeConfig, ownConfigs, type OwnConfig } from './own-config.ts'
import { plainAgain, plainDeployment, type PlainParts } from './plain-deployment.ts'

/** Milliseconds for a controller to answer a new template with a ReplicaSet. */
const ANSWERED = 30_000
/** A controller writes the status of a Deployment many times a second while it rolls. */
const ATTEMPTS = 20

/** Makes the Deployment of the app's own name run what a slot runs. Nobody is led to its Pods: the Service is pinned elsewhere. */
export const restorePlain: StepKind<RestorePlainStep> = {
  describe: ({ app, slot, replicas, isNew }) =>
    `${isNew ? `make Deployment ${app} of what ${slotName(app, slot)} runs` : `put what ${slotName(app, slot)} runs into Deployment ${app}`}, ${replicas} ${replicas === 1 ? 'replica' : 'replicas'}`,
  undo: ({ app }) => `scale ${app} to 0`,
  writesAhead: true,
  access: ({ app, isNew, copies }) => [
    ...DEPLOYMENT_ACCESS,
    ...HEALTH_ACCESS,
    ...(isNew ? [{ group: 'apps', resource: 'deployments', verbs: ['create'] }] : []),
    ...copies.flatMap(({ kind }) => objectAccess({ apiVersion: 'v1', kind }, ['get'])),
    ...journalAccess(app),
  ],
  async execute(step, effects) {
    const { app, slot, copies } = step
    const source = await readDeployment(effects.cluster, deploymentReference(effects.namespace, slotName(app, slot)))
    const configs = await ownConfigs(app, copies, effects)
    const plain = await write(source, partsOf(step, source, configs), effects)
    await effects.journals.write(app, (journal) =>
      journal.adoption === undefined ? journal : { ...journal, adoption: { ...journal.adoption, uid: plain.metadata.uid ?? '' } },
    )
    await answered(app, effects)
    return told(configs, plain, effects)
  },
}

function partsOf({ app, selector, replicas }: RestorePlainStep, source: KubeObject, configs: readonly OwnConfig[]): PlainParts {
  const { replicas: live = replicas } = source.spec as { readonly replicas?: number }
  const named = new Map(configs.filter(({ original }) => original === 'equal').map(({ copy, name }) => [`${copy.kind}/${copy.metadata.name}`, name]))
  return { app, selector, replicas: Math.max(1, live), rename: ({ kind, name }) => named.get(`${kind}/${name}`) ?? name }
}

/** Built on the version that was read, and read again where a controller was faster. */
async function write(source: KubeObject, parts: PlainParts, effects: Effects): Promise<KubeObject> {
  const { cluster, namespace } = effects
  for (let attempt = 1; ; attempt += 1) {
    const live = await readFenced(parts.app, parts.app, effects)
    if (live === undefined) return await cluster.create(plainDeployment(source, parts), { manager: SUITE.fieldManager })
    const wanted = plainAgain(live, source, parts)
    if (isAsWanted(live, wanted)) return live
    try {
      return await cluster.patch(deploymentReference(namespace, parts.app), operationsFor(live, wanted), { manager: SUITE.fieldManager })
    } catch (error) {
      // A 422 is a failed test as well as any other no: only the version tells.
      const again = isFault(error, 'INPUT_INVALID') || isFault(error, 'CONFLICT') ? await cluster.get(deploymentReference(namespace, parts.app)) : undefined
      if (again === undefined || again.metadata.resourceVersion === live.metadata.resourceVersion || attempt === ATTEMPTS) throw error
    }
  }
}

/** What an earlier run has done is not done again: it may be held already. */
function isAsWanted(live: KubeObject, wanted: KubeObject): boolean {
  const { paused: _paused, ...spec } = live.spec as Readonly<Record<string, unknown>>
  return sameJson(plain(spec), plain(wanted.spec)) && sameJson(live.metadata.labels, wanted.metadata.labels)
}

/** Without properties that are undefined, which are none. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown
}

function operationsFor({ metadata: { resourceVersion } }: KubeObject, { metadata: { labels, annotations }, spec }: KubeObject): readonly PatchOperation[] {
  return [
    { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
    { op: 'add', path: '/metadata/labels', value: labels },
    { op: 'add', path: '/metadata/annotations', value: annotations },
    { op: 'replace', path: '/spec', value: plain(spec) },
  ]
}

/** Waits until the controller has made the ReplicaSet: what is held before then has none. Where it does not, whoever waits for health says why. */
async function answered(app: string, { cluster, clock, signal, namespace }: Effects): Promise<void> {
  await lookUntil(
    async () => {
      const live = await readDeployment(cluster, deploymentReference(namespace, app))
      if (!isObserved(live)) return undefined
      return (await replicaSetsOf(cluster, live)).find((set) => isAsked(set) && hasTemplateOf(set, live))
    },
    { clock, signal, deadline: deadlineIn(clock, ANSWERED) },
  )
}

function isAsked({ spec }: KubeObject): boolean {
  return ((spec as { readonly replicas?: number } | undefined)?.replicas ?? 0) > 0
}

function told(configs: readonly OwnConfig[], { spec }: KubeObject, { namespace }: Effects): StepResult {
  const { replicas } = spec as { readonly replicas?: number }
  const kept = configs.filter(({ original }) => original !== 'equal')
  const notes = kept.map(({ copy, name }) => {
    const kind = copy.kind as 'ConfigMap' | 'Secret'
    return `; it goes on reading ${kind} ${copy.metadata.name}, since ${describeConfig({ kind, name }, namespace)} says something else by now`
  })
  return { ok: true, text: `${replicas ?? 1} asked for${notes.join('')}` }
}
