import { parseChecks } from '@fairlead/health/checks'
import type { Branch, Health, TargetHealth } from '@fairlead/health'
import { knownResourceNamed } from '@fairlead/kube'
import { describe, expect, test } from 'vitest'
import { respondentsOf, unaskedChecks } from '../src/respondents.ts'

const healthy: Health = { status: 'Healthy', message: '' }

function target(kind: string, name: string, tree: readonly Branch[] = []): TargetHealth {
  const resource = knownResourceNamed(kind)
  if (resource === undefined) throw new Error(kind)
  return { reference: { resource, namespace: 'shop', name }, health: healthy, since: 0, tree }
}

function branch(kind: string, name: string, more: Partial<Branch> = {}): Branch {
  return { subject: { kind, namespace: 'shop', name }, health: healthy, branches: [], ...more }
}

const web = target('deployment', 'web', [
  branch('ReplicaSet', 'web-1', {
    branches: [branch('Pod', 'web-1-a'), branch('Pod', 'web-1-b', { health: { status: 'Progressing', message: 'is being deleted' } })],
  }),
])
const asked = (check: object, targets: readonly TargetHealth[], more: object = {}) => {
  const plan = { checks: parseChecks([{ path: '/', ...check }]), services: [], ...more }
  const respondents = respondentsOf(plan, targets)
  return { names: respondents.map(({ name }) => name), unasked: unaskedChecks(plan, respondents).length }
}

describe('respondentsOf', () => {
  test('asks every healthy Pod of a workload, and a Pod that is a target itself', () => {
    expect(asked({}, [web, target('pod', 'alone')])).toEqual({ names: ['Pod "shop/web-1-a"', 'Pod "shop/alone"'], unasked: 0 })
  })

  test('asks the Services that are named, otherwise those that were judged', () => {
    expect(asked({ on: 'service' }, [web, target('service', 'web')])).toEqual({ names: ['Service "shop/web"'], unasked: 0 })
    expect(asked({ on: 'service' }, [target('service', 'web')], { services: [{ namespace: 'front', name: 'edge' }] })).toEqual({
      names: ['Service "front/edge"'],
      unasked: 0,
    })
  })

  test('asks the URL', () => {
    expect(asked({ on: 'url' }, [], { url: new URL('https://shop.example/base') })).toEqual({ names: ['shop.example'], unasked: 0 })
  })

  test.each([
    ['pods', [target('configmap', 'settings')]],
    ['pods', [target('job', 'migrate', [branch('Pod', 'migrate-1')])]],
    ['service', [web]],
  ])('says that a check on %s found nobody to ask', (on, targets) => {
    expect(asked({ on }, targets)).toEqual({ names: [], unasked: 1 })
  })
})
