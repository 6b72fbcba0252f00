import type { KubeObject } from '@fairlead/kube'

/** The selector of a Service; empty where it has none. */
export function selectorIn(service: KubeObject | undefined): Readonly<Record<string, string>> {
  return (service?.spec as { readonly selector?: Readonly<Record<string, string>> } | undefined)?.selector ?? {}
}
