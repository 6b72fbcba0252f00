import type { KubeObject } from '@fairlead/kube'
import { type Assessment, degraded, doomed, healthy, progressing, settling } from '../judging/assessment.ts'
import { conditionOf, oneLine } from '../reading/condition.ts'
import { type Container, containersOf } from '../reading/container.ts'
import { textAt } from '../reading/fields.ts'

/** Reasons of a waiting container that are the ordinary way to a running one. */
const ORDINARY = new Set(['', 'ContainerCreating', 'PodInitializing'])

/** Judges a Pod. One that runs to an end (`restartPolicy` other than Always) is Healthy when it has ended well. */
export function assessPod(object: KubeObject): Assessment {
  const phase = textAt(object, 'status', 'phase')
  if (phase === 'Succeeded') return healthy('completed')
  if (phase === 'Failed') return doomed('failed', failureText(object))
  return phase === 'Running' ? assessRunning(object) : assessPending(object)
}

/** Tells whether a Pod takes requests: ready, and not on its way out. */
export function isReady(pod: KubeObject): boolean {
  return pod.metadata.deletionTimestamp === undefined && conditionOf(pod, 'Ready')?.status === 'True'
}

/** Tells whether a Pod counts as one of its owner's: not on its way out and not ended. */
export function isActive(pod: KubeObject): boolean {
  const phase = textAt(pod, 'status', 'phase')
  return pod.metadata.deletionTimestamp === undefined && phase !== 'Succeeded' && phase !== 'Failed'
}

function assessRunning(object: KubeObject): Assessment {
  const trouble = troubleOf(object)
  if (trouble !== undefined) return degraded(trouble)
  if ((textAt(object, 'spec', 'restartPolicy') ?? 'Always') !== 'Always') return progressing('runs and has not completed')
  if (conditionOf(object, 'Ready')?.status === 'True') return settling('ready')
  const waiting = containersOf(object).filter(({ ready, role }) => !ready && role !== 'init')
  const names = waiting.map(({ name }) => name).join(', ')
  return progressing(names === '' ? 'runs and is not ready' : `runs and is not ready: container ${names}`)
}

function assessPending(object: KubeObject): Assessment {
  const scheduled = conditionOf(object, 'PodScheduled')
  if (scheduled?.status === 'False') return progressing(`is not scheduled: ${oneLine(scheduled.message ?? scheduled.reason ?? 'no node yet')}`)
  const trouble = troubleOf(object)
  if (trouble !== undefined) return degraded(trouble)
  return progressing(`waits for ${containersOf(object).some(isStartingInit) ? 'its init containers' : 'its containers to start'}`)
}

function isStartingInit({ role, exit }: Container): boolean {
  return role === 'init' && exit?.code !== 0
}

function troubleOf(object: KubeObject): string | undefined {
  const sick = containersOf(object).find(({ waiting }) => waiting !== undefined && !ORDINARY.has(waiting.reason))
  return sick?.waiting === undefined ? undefined : `container ${sick.name}: ${sick.waiting.reason}`
}

function failureText(object: KubeObject): string {
  const reason = textAt(object, 'status', 'reason')
  const message = textAt(object, 'status', 'message')
  if (reason !== undefined) return message === undefined ? `failed: ${reason}` : `failed: ${reason}: ${oneLine(message)}`
  const failed = containersOf(object).find(({ exit }) => exit !== undefined && exit.code !== 0)
  return failed?.exit === undefined ? 'failed' : `failed: container ${failed.name} exited with code ${failed.exit.code}`
}
