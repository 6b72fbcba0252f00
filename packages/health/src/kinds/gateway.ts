import type { KubeObject } from '@fairlead/kube'
import { type AssessContext, type Assessment, healthy, progressing } from '../judging/assessment.ts'
import { conditionsIn, conditionsOf } from '../reading/condition.ts'
import { listAt } from '../reading/fields.ts'
import { requireConditions } from './conditions.ts'
import { hasAddress } from './service.ts'

/** Judges a Gateway: its controller accepted and programmed this very generation. That the data plane follows is not shown by any status. */
export function assessGateway(object: KubeObject): Assessment {
  return requireConditions(object, conditionsOf(object), ['Accepted', 'Programmed'])
}

/** Judges a GatewayClass: a controller accepted it. */
export function assessGatewayClass(object: KubeObject): Assessment {
  return requireConditions(object, conditionsOf(object), ['Accepted'])
}

/** Judges an HTTPRoute, GRPCRoute and their like: every parent accepted this generation and resolved what it refers to. */
export function assessRoute(object: KubeObject): Assessment {
  const parents = listAt(object, 'status', 'parents')
  if (parents.length === 0) return progressing('no Gateway has taken it up yet')
  const judged = parents.map((parent) => requireConditions(object, conditionsIn(listAt(parent, 'conditions')), ['Accepted', 'ResolvedRefs']))
  return judged.find(({ status }) => status !== 'Healthy') ?? healthy(`accepted by ${parents.length === 1 ? 'its parent' : `all ${parents.length} parents`}`)
}

/** Judges an Ingress: its controller gave it an address. Controllers that never publish one let it wait until the deadline. */
export function assessIngress(object: KubeObject, _context: AssessContext): Assessment {
  return hasAddress(object) ? healthy('has an address') : progressing('no controller has given it an address yet')
}
