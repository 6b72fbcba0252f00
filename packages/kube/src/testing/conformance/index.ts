import { afterAll, beforeAll, describe } from 'vitest'
import { describeAccess } from './access.ts'
import { describeApply, describeOwnership } from './apply.ts'
import type { Ground } from './ground.ts'
import { describeDelete, describePatch } from './patch-and-delete.ts'
import { describeRest } from './questions.ts'
import { describeReads } from './reads.ts'
import { describeFollow, describeWatch } from './watch.ts'
import { describeCreate, describeDryRun, describeReplace } from './writes.ts'

export type { Ground } from './ground.ts'

const PARTS = [
  describeReads,
  describeCreate,
  describeReplace,
  describeDryRun,
  describeApply,
  describeOwnership,
  describePatch,
  describeDelete,
  describeWatch,
  describeFollow,
  describeAccess,
  describeRest,
]

/** Declares the suite that every Cluster must pass: the fake, and a real API server through the adapter. */
export function describeCluster(name: string, open: () => Promise<Ground>): void {
  describe(`${name} conforms:`, () => {
    const ground: { current?: Ground } = {}
    beforeAll(async () => {
      ground.current = await open()
    }, 60_000)
    afterAll(() => ground.current?.cluster.close())
    const at = () => {
      if (ground.current === undefined) throw new Error('the suite was not opened')
      return ground.current
    }
    for (const part of PARTS) part(at)
  })
}
