import type { Problem } from '@fairlead/base'
import { describeObject, type KubeObject } from '@fairlead/kube'
import type { AppRelease } from '../release/index.ts'
import type { Standing } from '../standing/index.ts'

interface ServicePort {
  readonly name?: string
  readonly port: number
  readonly protocol?: string
  readonly targetPort?: number | string
}

/** A Service's ports apply to both slots at the same moment: a number that leads elsewhere in the new Pods would cut off the old ones, or the new. */
export function portProblems({ service }: Standing, { service: wanted }: AppRelease): readonly Problem[] {
  if (service === undefined || wanted === undefined) return []
  return portsOf(wanted.object).flatMap((port, index) => {
    const live = portsOf(service).find((each) => each.port === port.port && protocolOf(each) === protocolOf(port))
    if (live === undefined || targetOf(live) === targetOf(port)) return []
    const message = `${describeObject(service)}: port ${port.port} leads to ${targetOf(live)} in the Pods that serve, expected the same in the manifest, got ${targetOf(port)}`
    const hint = 'Name the port in the Pod template and in targetPort: each slot then finds its own.'
    return [{ message, hint, position: wanted.manifest.positionOf(['spec', 'ports', index, 'targetPort']) }]
  })
}

function portsOf({ spec }: KubeObject): readonly ServicePort[] {
  return (spec as { readonly ports?: readonly ServicePort[] } | undefined)?.ports ?? []
}

function protocolOf({ protocol = 'TCP' }: ServicePort): string {
  return protocol
}

function targetOf({ targetPort, port }: ServicePort): string {
  return String(targetPort ?? port)
}
