import { selects, type KubeObject, type LabelSelector } from '@fairlead/kube'
import { describe, expect, test } from 'vitest'
import { isWrite } from '../execute/guard.ts'
import { RELEASES, RESUMPTIONS, RETURNS } from '../execute/scenarios.ts'
import { servedPods } from '../execute/traffic.ts'
import { Stage } from '../stage.ts'

const GUARDED = [...RELEASES, ...RESUMPTIONS, ...RETURNS].filter(({ name }) => name.includes('PDB'))

/** What is wrong with the budgets of the Pods there are: none on one that serves, two on any, users' and candidates' in one for longer than the move takes. */
function wrongs(stage: Stage, isMoving: boolean): readonly string[] {
  const objects = stage.cluster.objects()
  const serving = new Set(servedPods(objects, 'web').map(({ metadata }) => metadata.uid))
  const pods = objects.filter(({ kind }) => kind === 'Pod')
  const counts = pods.map((pod) => ({ pod, over: budgetsOf(objects, pod) }))
  const slots = (name: string) => new Set(counts.filter(({ over }) => over.includes(name)).map(({ pod }) => pod.metadata.labels?.['fairlead.dev/slot']))
  return [
    ...counts.filter(({ over }) => over.length > 1).map(({ pod, over }) => `${pod.metadata.name} is under ${over.join(' and ')}`),
    ...counts.filter(({ pod, over }) => serving.has(pod.metadata.uid) && over.length === 0).map(({ pod }) => `${pod.metadata.name} serves under none`),
    ...(isMoving || slots('web').size < 2 ? [] : ['PDB web counts two slots']),
  ]
}

function budgetsOf(objects: readonly KubeObject[], { metadata }: KubeObject): readonly string[] {
  return objects
    .filter(({ kind, spec }) => kind === 'PodDisruptionBudget' && selects((spec as { readonly selector?: LabelSelector }).selector ?? NOBODY, metadata.labels))
    .map((budget) => budget.metadata.name)
}

/** Without a selector a budget covers nothing. */
const NOBODY: LabelSelector = { matchLabels: { nobody: 'at all' } }

describe('PodDisruptionBudgets', () => {
  test.for(GUARDED)('cover each Pod once, and what serves at every moment: $name', async ({ begin, act }) => {
    const stage = new Stage()
    await begin(stage)
    const found = new Set<string>()
    let isMoving = false
    let hadBudget = stage.find('PodDisruptionBudget', 'web') !== undefined
    stage.listener = (line) => {
      if (/^ *\d+ {2}(?:guard|delete PDB) /.test(line)) isMoving = true
      if (line.endsWith('copied') || /^ *\d+ {2}(?:record|soak|wait)/.test(line)) isMoving = false
    }
    stage.cluster.script.intercept((request) => {
      if (isWrite(request) && hadBudget) for (const wrong of wrongs(stage, isMoving)) found.add(wrong)
      hadBudget ||= stage.find('PodDisruptionBudget', 'web') !== undefined
    })
    await act(stage)
    expect([...found, ...wrongs(stage, false)]).toEqual([])
    expect(stage.find('PodDisruptionBudget', 'web')).toBeDefined()
  })
})
