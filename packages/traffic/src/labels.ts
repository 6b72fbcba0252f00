import { SUITE } from '@fairlead/base'

/** The labels that traffic goes by. */
export const LABELS = {
  /** On Pods and slot Deployments: the app they belong to. */
  app: `${SUITE.labelPrefix}app`,
  /** On Pods, slot Deployments and in a Service's selector: the slot. */
  slot: `${SUITE.labelPrefix}slot`,
  /** On pointers and, copied by the endpointslice controller, on EndpointSlices: which move they show. */
  move: `${SUITE.labelPrefix}move`,
  /** On slot Deployments: the token of the last run that took the app over. */
  fence: `${SUITE.labelPrefix}fence`,
  /** Kubernetes' own, on the Pods of one ReplicaSet. */
  hash: 'pod-template-hash',
} as const

/** Writes pointers, and nothing else. */
export const POINTER_MANAGER = `${SUITE.fieldManager}-pointer`
