import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { bedDown, bedUp, healthy } from '../lifecycle/bed.ts'
import type { Cluster } from './cluster.ts'
import { Failure } from '../failure.ts'
import { givenUp } from './given.ts'
import { dockerAnswers, kindDown, kindRuns, kindUp } from './kind.ts'
import { isInside, isRunning, readRecord, type ClusterRecord } from './record.ts'
import { silent, type Report } from '../report.ts'
import { useCluster } from './use.ts'

/** Which cluster is wanted. Everything may be left out: the environment decides then. */
export interface ClusterOptions {
  /** Tells clusters beside each other apart; FAIRLEAD_BED, else `default`. */
  readonly name?: string
  /** A cluster of one's own; FAIRLEAD_KUBECONFIG otherwise. Comes before any other kind. */
  readonly kubeconfig?: string
  /** Consent to use that cluster; FAIRLEAD_YES=1 otherwise. */
  readonly yes?: boolean
  /** The kind of cluster to bring up; FAIRLEAD_CLUSTER, else kind where a Docker daemon answers, else the bed. */
  readonly kind?: 'bed' | 'kind'
  /** The process a bed brought up by this call ends with, even if killed. `'nobody'` leaves it up; the caller's own by default. */
  readonly dieWith?: number | 'nobody'
  readonly environment?: NodeJS.ProcessEnv
  readonly report?: Report
}

/**
 * A cluster that is ready: the one of that name if it is up, otherwise one brought up now, in the order given, kind,
 * bed. Throws a `Failure` with the reason and what to do, never hangs: every wait inside has an end.
 */
export async function resolveCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const wish = wishOf(options)
  const known = await readRecord(wish.environment, wish.name)
  if (known !== undefined && (await isUp(known))) {
    if (!isInside(known.name)) refuseAnother(known, wish)
    return currentCluster(wish.name, wish.environment)
  }
  const record = await bringUp(wish)
  return useCluster(record, () => takeDown(record))
}

/** Runs `use` with a cluster and takes it down afterwards if it was brought up for that. */
export async function withCluster<Result>(options: ClusterOptions, use: (cluster: Cluster) => Promise<Result>): Promise<Result> {
  const cluster = await resolveCluster(options)
  try {
    return await use(cluster)
  } finally {
    await cluster.down()
  }
}

/** The cluster of that name that is up already; a `Failure` when there is none or a part of it has died. Its `down` does nothing. */
export async function currentCluster(name: string, environment: NodeJS.ProcessEnv): Promise<Cluster> {
  const record = await readRecord(environment, name)
  if (record === undefined) throw new Failure(`cluster "${name}" is not up; run: pnpm bed up${name === 'default' ? '' : ` --name ${name}`}`)
  if (record.kind === 'bed') await healthy(record)
  return useCluster(record, async () => {})
}

/** Takes down whatever the record speaks of; of a cluster that was given only the record goes. */
export async function takeDown(record: ClusterRecord): Promise<void> {
  switch (record.kind) {
    case 'bed':
      return bedDown(record)
    case 'kind':
      return kindDown(record)
    case 'given':
      return rm(record.folder, { recursive: true, force: true })
  }
}

/** The name of the cluster meant: an option, FAIRLEAD_BED, or `default`. It becomes part of folders and cgroups. */
export function clusterName(option: string | undefined, environment: NodeJS.ProcessEnv): string {
  const name = option ?? (environment.FAIRLEAD_BED || 'default')
  if (/^[a-z0-9][a-z0-9-]{0,31}$/.test(name)) return name
  throw new Failure(`name: expected up to 32 small letters, digits and hyphens, got "${name}"`)
}

/** Whether the cluster of a record still exists. A bed that has failed does: it must be looked at, not replaced in silence. */
async function isUp(record: ClusterRecord): Promise<boolean> {
  switch (record.kind) {
    case 'bed':
      return isRunning(record)
    case 'kind':
      return kindRuns(record)
    case 'given':
      return true
  }
}

/** Asking for one cluster and silently getting another would end in somebody's wrong cluster. */
function refuseAnother(known: ClusterRecord, { kubeconfig, kind }: Wish): void {
  const [wanted, is] = kubeconfig === undefined ? [kind, known.kind] : [kubeconfig, known.kind === 'given' ? known.kubeconfig : known.kind]
  if (wanted === undefined || wanted === is) return
  throw new Failure(`cluster "${known.name}": expected ${wanted}, got ${is}, which is up under that name; take it down first, or use another --name`)
}

async function bringUp(wish: Wish): Promise<ClusterRecord> {
  const { name, environment, report, kubeconfig, dieWith } = wish
  if (kubeconfig !== undefined) return givenUp({ ...wish, kubeconfig })
  const kind = wish.kind ?? ((await dockerAnswers()) ? 'kind' : 'bed')
  return kind === 'kind' ? kindUp(name, environment, report) : bedUp({ name, environment, report, ...(dieWith === undefined ? {} : { dieWith }) })
}

/** What is wanted, once options and environment are taken together. */
interface Wish {
  readonly name: string
  readonly environment: NodeJS.ProcessEnv
  readonly report: Report
  readonly kubeconfig: string | undefined
  readonly yes: boolean
  readonly kind: 'bed' | 'kind' | undefined
  readonly dieWith: number | undefined
}

function wishOf(options: ClusterOptions): Wish {
  const { environment = process.env, report = silent, dieWith = process.pid } = options
  const kubeconfig = options.kubeconfig ?? environment.FAIRLEAD_KUBECONFIG
  return {
    name: clusterName(options.name, environment),
    environment,
    report,
    kubeconfig: kubeconfig ? resolve(kubeconfig) : undefined,
    yes: options.yes ?? environment.FAIRLEAD_YES === '1',
    kind: options.kind ?? kindFrom(environment.FAIRLEAD_CLUSTER),
    dieWith: dieWith === 'nobody' ? undefined : dieWith,
  }
}

function kindFrom(text: string | undefined): 'bed' | 'kind' | undefined {
  if (!text) return undefined
  if (text === 'bed' || text === 'kind') return text
  throw new Failure(`FAIRLEAD_CLUSTER: expected bed or kind, got "${text}"`)
}
