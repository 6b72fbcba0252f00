import type { KubeObject } from '@fairlead/kube'
import { describe, expect, test } from 'vitest'
import { refusalOf, targetPodsOf } from '../src/judging/target-pods.ts'
import { surroundingsOf } from '../src/index.ts'

const REFUSED = 'pods "x" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2'
const job: KubeObject = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'waves', namespace: 'shop', uid: 'job' },
  spec: { parallelism: 4, completions: 4 },
}
const deployment: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', uid: 'deployment', generation: 1, annotations: { 'deployment.kubernetes.io/revision': '2' } },
  spec: { replicas: 2, strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } },
}

function replicaSet(name: string, revision: string, status: object): KubeObject {
  const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'deployment', controller: true }
  const metadata = {
    name,
    namespace: 'shop',
    uid: name,
    generation: 1,
    annotations: { 'deployment.kubernetes.io/revision': revision },
    ownerReferences: [owner],
  }
  return { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata, spec: { replicas: 2 }, status: { observedGeneration: 1, ...status } }
}

function pod(name: string, owner: string, more: { readonly phase?: string; readonly deleted?: boolean } = {}): KubeObject {
  const ownerReferences = [{ apiVersion: 'x/v1', kind: 'X', name: owner, uid: owner, controller: true }]
  const deletion = more.deleted === true ? { deletionTimestamp: '2026-11-21T03:00:00Z' } : {}
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', uid: name, ownerReferences, ...deletion },
    status: { phase: more.phase ?? 'Running' },
  }
}

const body = { involvedObject: { kind: 'Job', namespace: 'shop', name: 'waves', uid: 'job' }, reason: 'FailedCreate', message: REFUSED, count: 1 }
const event: KubeObject = { apiVersion: 'v1', kind: 'Event', metadata: { name: 'e', namespace: 'shop' }, ...body }

function makesRoom(object: KubeObject, others: readonly KubeObject[]): boolean | undefined {
  const around = surroundingsOf(others, ['ReplicaSet', 'Pod', 'Event'])
  return refusalOf(object, targetPodsOf(object, around), around)?.makesRoom
}

describe('refusalOf', () => {
  test.each<[string, readonly KubeObject[], boolean]>([
    ['while one of its Pods works', [pod('a', 'job')], true],
    ['not when none does', [pod('a', 'job', { phase: 'Succeeded' })], false],
  ])('lets a Job that runs in waves make room %s', (_, pods, expected) => {
    expect(makesRoom(job, [event, ...pods])).toBe(expected)
  })

  const failing = { replicas: 0, conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: REFUSED }] }
  test.each<[string, readonly KubeObject[], boolean]>([
    ['while a Pod of it is on its way out, which no count has any more', [pod('old-1', 'old', { deleted: true })], true],
    ['not when all of them are gone', [], false],
  ])('lets an update make room %s', (_, pods, expected) => {
    expect(makesRoom(deployment, [replicaSet('new', '2', failing), replicaSet('old', '1', { replicas: 0 }), ...pods])).toBe(expected)
  })
})
