import type { KubeObject } from '@fairlead/kube'
import { assess } from './assess.ts'
import type { Branch } from '../diagnosis.ts'
import { subjectOf } from './diagnose.ts'
import { countAt } from '../reading/fields.ts'
import type { Surroundings } from '../seeing/surroundings.ts'

/** Shows what belongs to an object: its ReplicaSets that have or want Pods, its Pods. Each is judged alone. */
export function branchesOf(object: KubeObject, around: Surroundings): readonly Branch[] {
  const sets = around.ownedBy(object.metadata.uid, 'ReplicaSet').filter((set) => countAt(set, 'spec', 'replicas') > 0 || countAt(set, 'status', 'replicas') > 0)
  const pods = around.ownedBy(object.metadata.uid, 'Pod')
  return [...sets, ...pods].toSorted(byName).map((child) => {
    const { status, message } = assess(child, { around, allowZero: true })
    return { subject: subjectOf(child), health: { status, message }, branches: branchesOf(child, around) }
  })
}

function byName(a: KubeObject, b: KubeObject): number {
  return a.metadata.name < b.metadata.name ? -1 : 1
}
