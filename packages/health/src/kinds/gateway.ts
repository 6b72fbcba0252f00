import type { KubeObject } from '@fairlead/kube'
import { type AssessContext, type Assessment, healthy, progressing } from '../assessment.ts'
import { conditionsIn, conditionsOf, conditionText } from '../condition.ts'
import { listAt } from '../fields.ts'
import { currentConditions } from './custom-resource.ts'
import { hasAddress } from './service.ts'

/** Judges a Gateway: its controller accepted and programmed this very generation. That the data plane follows is not shown by any status. */
export function assessGateway(object: KubeObject): Assessment {
  return requireAll(object, conditionsOf(object), ['Accepted', 'Programmed'])
}

/** Judges an HTTPRoute, GRPCRoute and their like: every parent accepted this generation and resolved what it refers to. */
export function assessRoute(object: KubeObject): Assessment {
  const parents = listAt(object, 'status', 'parents')
  if (parents.length === 0) return progressing('no Gateway has taken it up yet')
  const judged = parents.map((parent) => requireAll(object, conditionsIn(listAt(parent, 'conditions')), ['Accepted', 'ResolvedRefs']))
  return judged.find(({ status }) => status !== 'Healthy') ?? healthy(`accepted by ${parents.length === 1 ? 'its parent' : `all ${parents.length} parents`}`)
}

/** Judges an Ingress: its controller gave it an address. Controllers that never publish one let it wait until the deadline. */
export function assessIngress(object: KubeObject, _context: AssessContext): Assessment {
  return hasAddress(object) ? healthy('has an address') : progressing('no controller has given it an address yet')
}

function requireAll(object: KubeObject, all: ReturnType<typeof conditionsOf>, types: readonly string[]): Assessment {
  const current = currentConditions(object, all)
  for (const type of types) {
    const found = current.find((condition) => condition.type === type)
    if (found === undefined) return progressing(`its controller has not said yet whether it is ${type}`)
    if (found.status !== 'True') return progressing(conditionText(found))
  }
  return healthy(types.join(' and '))
}
