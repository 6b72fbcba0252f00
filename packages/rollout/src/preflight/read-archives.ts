import { describeReference, type Cluster, type ReadOptions } from '@fairlead/kube'
import { destinationOf, type ReturnQuestion } from '../plan/destination.ts'
import { goalOf, type GoalLine } from '../plan/goal.ts'
import { isReturnInterrupted, seenBack } from '../plan/plan-rollback.ts'
import { configReference, EMPTY_ARCHIVE, readRecord, type Archive, type RecordedConfig, type ReleaseRecord } from '../records/index.ts'
import { contentDigest } from '../release/index.ts'
import type { Standing } from '../standing/index.ts'

/**
 * Reads, before a way back is planned, what it would need: the record of an older release, and whether the configuration its Pods read is there. Throws CONFLICT for a record that cannot be
 * relied on.
 */
export async function readArchives(
  cluster: Cluster,
  standings: readonly Standing[],
  { to = [], ...options }: ReadOptions & { readonly to?: readonly GoalLine[] },
): Promise<ReadonlyMap<string, Archive>> {
  const isInterrupted = isReturnInterrupted(standings)
  const archives = new Map<string, Archive>()
  for (const standing of standings) {
    const goal = goalOf(to, standing.app)
    archives.set(standing.app, await readArchive(cluster, seenBack(standing, goal), { goal, isInterrupted, ...options }))
  }
  return archives
}

async function readArchive(cluster: Cluster, standing: Standing, { signal, ...question }: ReturnQuestion & ReadOptions): Promise<Archive> {
  const { app, namespace } = standing
  const records = new Map<number, ReleaseRecord | undefined>()
  for (;;) {
    const destination = destinationOf(standing, { ...question, archive: { records, missing: [] } })
    if (destination.type !== 'record' || destination.record !== undefined) {
      const config = destination.type === 'record' ? destination.record?.config : destination.type === 'standby' ? destination.to.release.config : undefined
      return { ...EMPTY_ARCHIVE, records, missing: await missingOf(cluster, namespace, { config: config ?? [], signal }) }
    }
    const { number } = destination.entry.release
    records.set(number, await readRecord(cluster, { namespace, app, number }, { signal }))
  }
}

async function missingOf(
  cluster: Cluster,
  namespace: string,
  { config, signal }: ReadOptions & { readonly config: readonly RecordedConfig[] },
): Promise<readonly string[]> {
  const found = await Promise.all(
    config.map(async (name) => {
      const reference = configReference(namespace, name)
      const live = await cluster.get(reference, { signal })
      if (live === undefined) return `${describeReference(reference)} is gone, which its Pods read`
      const isSame = name.hash === undefined || contentDigest(live) === name.hash
      return isSame ? undefined : `${describeReference(reference)} has other content than its Pods knew`
    }),
  )
  return found.filter((each) => each !== undefined)
}
