import type { StringMap } from '@fairlead/kube'
import { LABELS } from './labels.ts'
import { isSlot, type SlotName } from './slot.ts'

/** The Pods a pointer can lead to: those of a slot, or those of the one ReplicaSet of a Deployment that was there before us. */
export type Backend = { readonly type: 'slot'; readonly slot: SlotName } | { readonly type: 'adopted'; readonly hash: string }

/** Points at a slot. */
export function slotBackend(slot: SlotName): Backend {
  return { type: 'slot', slot }
}

/** What a selector needs beside the app's own labels to lead to one backend only. */
export function backendLabels(backend: Backend): StringMap {
  return backend.type === 'slot' ? { [LABELS.slot]: backend.slot } : { [LABELS.hash]: backend.hash }
}

/** The backend a selector leads to; undefined when it narrows nothing, as a user's own selector does. */
export function backendOf(selector: StringMap): Backend | undefined {
  const slot = selector[LABELS.slot]
  const hash = selector[LABELS.hash]
  if (isSlot(slot)) return slotBackend(slot)
  return hash === undefined ? undefined : { type: 'adopted', hash }
}

/** A selector without what narrows it to a backend: the labels all Pods of the app share, as its user wrote them. */
export function baseSelector(selector: StringMap): StringMap {
  return Object.fromEntries(Object.entries(selector).filter(([key]) => key !== LABELS.slot && key !== LABELS.hash && key !== LABELS.app))
}

/**
 * The labels that lead to Pods of one app's backend, beside the backend's own. Two apps may share the labels their users wrote, and both have a blue slot:
 * a slot's Pods are told apart by the app as well.
 */
export function appLabels(base: StringMap, app: string, backend: Backend): StringMap {
  return backend.type === 'slot' ? { ...base, [LABELS.app]: app } : base
}

/** Tells whether two backends are the same Pods. */
export function sameBackend(one: Backend | undefined, other: Backend | undefined): boolean {
  if (one === undefined || other === undefined) return one === other
  return one.type === 'slot' ? other.type === 'slot' && one.slot === other.slot : other.type === 'adopted' && one.hash === other.hash
}

/** Writes a backend for people: `slot green`, `ReplicaSet 5d4f8`, `the app` where none is meant. */
export function describeBackend(backend: Backend | undefined): string {
  if (backend === undefined) return 'the app'
  return backend.type === 'slot' ? `slot ${backend.slot}` : `ReplicaSet ${backend.hash}`
}
