/** A kind as the API server serves it: where its objects live and what they are called. */
export interface Resource {
  /** `v1`, `apps/v1`. */
  readonly apiVersion: string
  readonly kind: string
  /** The name in paths: `deployments`. */
  readonly plural: string
  readonly namespaced: boolean
}

/** One object of a kind. `namespace` is absent for what is cluster-scoped. */
export interface ObjectReference {
  readonly resource: Resource
  readonly namespace?: string
  readonly name: string
}
