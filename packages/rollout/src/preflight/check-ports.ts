import type { Problem } from '@fairlead/base'
import { describeCheck, type Check } from '@fairlead/health/checks'
import type { KubeObject } from '@fairlead/kube'
import type { AppRelease } from '../release/index.ts'
import type { Standing } from '../standing/index.ts'

/** Checks of a Service on a port it does not have: they would be found out only under users. */
export function checkPortProblems(checks: readonly Check[], standing: Standing, { service }: AppRelease): readonly Problem[] {
  const ports = portsOf(service?.object ?? standing.service)
  if (ports.length === 0) return []
  const names = ports.flatMap(({ name, port }) => [...(name === undefined ? [] : [name]), String(port)])
  return checks
    .filter(({ on, port }) => on === 'service' && port !== undefined && !names.includes(String(port)))
    .map((check) => ({
      message: `input "checks": ${describeCheck(check)}: expected a port of Service ${standing.serviceName}, which has ${names.join(', ')}, got ${String(check.port)}`,
      hint: 'Name a port of the Service, or leave it out for its first.',
    }))
}

function portsOf(service: KubeObject | undefined): readonly { readonly name?: string; readonly port: number }[] {
  return (service?.spec as { readonly ports?: readonly { readonly name?: string; readonly port: number }[] } | undefined)?.ports ?? []
}
