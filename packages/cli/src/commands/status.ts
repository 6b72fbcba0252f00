import { defineInputs, type Operation, type Report, type Values } from '@fairlead/action'
import { Fault, type Problem } from '@fairlead/base'
import { clusterInputs, connectionOf, type Cluster } from '@fairlead/kube'
import { connectCluster } from '@fairlead/kube/client'
import { appInputs, placeProblems, placesOf } from '@fairlead/rollout'
import { appNames, NO_APPS_HINT } from '../standing/app-names.ts'
import { statusOf, type AppStatus } from '../standing/app-status.ts'
import { describeStatus } from '../standing/describe-status.ts'
import { seeApps, type SeenApp } from '../standing/seen-app.ts'
import { command } from './command.ts'

const inputs = defineInputs({
  app: { ...appInputs.app, description: 'The app to look at; several may be given. Absent, all apps of the namespace that Fairlead has released.' },
  service: appInputs.service,
  ...clusterInputs,
})

type Inputs = Values<typeof inputs>

interface Ports {
  readonly cluster: Cluster
}

interface Snapshot {
  readonly namespace: string
  readonly now: Date
  readonly apps: readonly SeenApp[]
}

interface StatusPlan {
  readonly namespace: string
  readonly now: Date
  readonly apps: readonly AppStatus[]
}

/** Tells how apps stand: what serves, what could, what is on its way, what is wrong, what can be done. Only reads. */
export const statusOperation: Operation<typeof inputs, Ports, Snapshot, StatusPlan, undefined> = {
  name: 'status',
  description:
    'Tells how apps stand: what serves, what stands by, what is on its way and by whom, who holds the lock, what is wrong, and what can be done next. Only reads.',
  inputs,
  outputs: { conclusion: '`success`, or `failure` when something is wrong with an app.' },
  validate: lookProblems,
  async observe(values, { ports: { cluster }, host: { clock, signal } }) {
    const namespace = values.namespace ?? cluster.namespace
    const places = values.app.length > 0 ? placesOf(values) : (await appNames(cluster, namespace, { signal })).map((app) => ({ app, service: app }))
    const now = clock.date()
    return { namespace, now, apps: await seeApps(cluster, places, { namespace, now, signal }) }
  },
  plan(values, { namespace, now, apps }) {
    const unknown = apps.filter(({ standing, unreadable }) => values.app.includes(standing.app) && unreadable === undefined && isNowhere(standing))
    const [first] = unknown
    if (first !== undefined) {
      const names = unknown.map(({ standing }) => standing.app).join(', ')
      throw new Fault('NOT_FOUND', `namespace "${namespace}": expected the app ${names}, got neither a Deployment nor a Service nor a journal of it`, {
        hint: 'Check the name and --namespace; `fairlead status` alone lists the apps.',
      })
    }
    return { namespace, now, apps: apps.map(statusOf) }
  },
  execute: () => Promise.resolve(undefined),
  report: reportStatus,
}

/** `fairlead status`. */
export const status = command({
  name: 'status',
  summary: 'tells what serves, what stands by, what is on its way, what is wrong',
  operation: statusOperation,
  connect: async (inputs, host) => ({ cluster: await connectCluster(connectionOf(inputs), host) }),
})

/** The rules between the inputs of commands that only look: no app is all of them. */
export function lookProblems(values: Pick<Inputs, 'app' | 'service'>): readonly Problem[] {
  if (values.app.length > 0) return placeProblems(values)
  return values.service.length === 0 ? [] : [{ message: 'input "service": expected an app to go with it, got none', hint: 'Add `app`.' }]
}

function isNowhere({ kept, slots, plain, service }: SeenApp['standing']): boolean {
  return kept.resourceVersion === undefined && [slots.blue, slots.green, plain, service].every((object) => object === undefined)
}

function reportStatus({ namespace, now, apps }: StatusPlan): Report {
  const problems = apps.flatMap((each) => each.problems.map((problem) => ({ app: each.app, problem })))
  return {
    conclusion: problems.length > 0 ? 'failure' : 'success',
    verdict: verdictOf(apps, namespace),
    outputs: {},
    annotations: problems.map(({ app, problem: { message } }) => ({ level: 'error', title: `${namespace}/${app}`, message })),
    summary: apps.flatMap((each) => describeStatus(each, namespace, now)),
    details: { namespace, apps },
  }
}

function verdictOf(apps: readonly AppStatus[], namespace: string): string {
  const [only] = apps
  if (only === undefined) return `No app of namespace "${namespace}" is known. ${NO_APPS_HINT}`
  const wrong = apps.filter(({ problems }) => problems.length > 0)
  const bad = wrong.length === 0 ? '' : `; something is wrong with ${wrong.map(({ app }) => app).join(', ')}`
  if (apps.length > 1) return `${apps.length} apps in namespace "${namespace}"${bad}`
  const { serving } = only
  const served =
    serving === undefined ? 'serves nothing of ours' : `serves ${serving.release === undefined ? '' : `release ${serving.release} `}from ${serving.slot}`
  return `${only.app} ${served}${bad}`
}
