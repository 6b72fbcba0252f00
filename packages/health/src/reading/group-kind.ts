import { groupOf } from '@fairlead/kube'

/** Names a kind by API group and kind, without its version: `apps/Deployment`, `/Pod`. A kind alone is no name: Knative has a Service of its own. */
export function groupKindOf({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): string {
  return `${groupOf(apiVersion)}/${kind}`
}
