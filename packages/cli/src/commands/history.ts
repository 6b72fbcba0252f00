import { defineInputs, type Operation, type Report } from '@fairlead/action'
import { Fault } from '@fairlead/base'
import { clusterInputs, connectionOf, type Cluster } from '@fairlead/kube'
import { connectCluster } from '@fairlead/kube/client'
import { appInputs, readJournal, type KeptJournal } from '@fairlead/rollout'
import { appNames, NO_APPS_HINT } from '../standing/app-names.ts'
import { shortCommit, shortImage, shortTime } from '../standing/images.ts'
import { readKeptRecords, type KeptRecord } from '../standing/kept-record.ts'
import { pastOf, type PastRelease } from '../standing/past.ts'
import { command } from './command.ts'

const inputs = defineInputs({
  app: {
    ...appInputs.app,
    description: 'The app whose releases are listed; several may be given. Absent, all apps of the namespace that Fairlead has released.',
  },
  ...clusterInputs,
})

interface Ports {
  readonly cluster: Cluster
}

interface SeenPast {
  readonly app: string
  readonly kept: KeptJournal
  readonly records: ReadonlyMap<number, KeptRecord>
}

interface Snapshot {
  readonly namespace: string
  readonly journals: readonly SeenPast[]
}

interface AppHistory {
  readonly app: string
  readonly releases: readonly PastRelease[]
}

interface HistoryPlan {
  readonly namespace: string
  readonly apps: readonly AppHistory[]
}

/** Lists what was released, the newest first, and what can be gone back to. Only reads. */
export const historyOperation: Operation<typeof inputs, Ports, Snapshot, HistoryPlan, undefined> = {
  name: 'history',
  description:
    'Lists the releases of an app, the newest first: when, which images, from which commit, what was wrong with it, and which can be gone back to. Only reads.',
  inputs,
  outputs: { conclusion: '`success`.' },
  async observe(values, { ports: { cluster }, host: { signal } }) {
    const namespace = values.namespace ?? cluster.namespace
    const apps = values.app.length > 0 ? [...new Set(values.app)] : await appNames(cluster, namespace, { signal })
    return { namespace, journals: await Promise.all(apps.map((app) => readPast(cluster, app, { namespace, signal }))) }
  },
  plan(_, { namespace, journals }) {
    const unknown = journals.filter(({ kept }) => kept.resourceVersion === undefined).map(({ app }) => app)
    if (unknown.length > 0) {
      throw new Fault('NOT_FOUND', `namespace "${namespace}": expected the journal of ${unknown.join(', ')}, got none`, {
        hint: 'Check the name and --namespace; `fairlead status` alone lists the apps.',
      })
    }
    return { namespace, apps: journals.map(({ app, kept, records }) => ({ app, releases: pastOf(kept.journal, records) })) }
  },
  execute: () => Promise.resolve(undefined),
  report: reportHistory,
}

/** `fairlead history`. */
export const history = command({
  name: 'history',
  summary: 'lists the releases of an app, and which can be gone back to',
  operation: historyOperation,
  connect: async (inputs, host) => ({ cluster: await connectCluster(connectionOf(inputs), host) }),
})

async function readPast(cluster: Cluster, app: string, { namespace, signal }: { readonly namespace: string; readonly signal: AbortSignal }): Promise<SeenPast> {
  const kept = await readJournal(cluster, { namespace, app }, { signal })
  return { app, kept, records: await readKeptRecords(cluster, kept.journal, { namespace, app, signal }) }
}

function reportHistory({ namespace, apps }: HistoryPlan): Report {
  const count = apps.reduce((sum, { releases }) => sum + releases.length, 0)
  const known = `${count} ${count === 1 ? 'release' : 'releases'} of ${apps.map(({ app }) => app).join(', ')}`
  return {
    conclusion: 'success',
    verdict: apps.length === 0 ? `No app of namespace "${namespace}" is known. ${NO_APPS_HINT}` : known,
    outputs: {},
    annotations: [],
    summary: apps.flatMap(({ app, releases }) => [
      { type: 'heading' as const, text: `${namespace}/${app}` },
      { type: 'table' as const, columns: ['release', 'accepted', 'by', 'source', 'images', 'what became of it'], rows: releases.map(rowOf) },
    ]),
    details: { namespace, apps },
  }
}

function rowOf(past: PastRelease): readonly string[] {
  const { release, accepted, actor = '', source, images } = past
  return [String(release), accepted === undefined ? '' : shortTime(accepted), actor, shortCommit(source), images.map(shortImage).join(', '), fateOf(past)]
}

function fateOf({ serves, bad, pinned, irreversible, canReturn }: PastRelease): string {
  return [
    ...(serves ? ['serves'] : []),
    ...(bad === undefined ? [] : [`bad: ${bad}`]),
    ...(pinned ? ['pinned'] : []),
    ...(irreversible === undefined ? [] : [`irreversible: ${irreversible}`]),
    ...(canReturn ? ['can be gone back to'] : []),
  ].join('; ')
}
