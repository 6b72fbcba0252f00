import type { Condition } from '@fairlead/kube'
import { listAt, numberAt, textAt } from './fields.ts'

/** Reads the conditions of an object's status; entries without a type are left out. */
export function conditionsOf(object: unknown): readonly Condition[] {
  return conditionsIn(listAt(object, 'status', 'conditions'))
}

/** Reads a list of conditions that stands elsewhere than in `status.conditions`, such as under a route's parents. */
export function conditionsIn(entries: readonly unknown[]): readonly Condition[] {
  return entries.flatMap((entry) => {
    const type = textAt(entry, 'type')
    return type === undefined ? [] : [readCondition(type, entry)]
  })
}

/** Finds one condition of an object by its type. */
export function conditionOf(object: unknown, type: string): Condition | undefined {
  return conditionsOf(object).find((condition) => condition.type === type)
}

/** Writes the reason and message of a condition as one clause. */
export function conditionText({ type, status, reason, message }: Condition): string {
  const words = message ?? reason
  return words === undefined ? `${type} is ${status}` : `${type} is ${status}: ${oneLine(words)}`
}

/** Makes one clause of a message of the cluster's: one line, no full stop. */
export function oneLine(message: string): string {
  return message.replace(/\s+/g, ' ').trim().replace(/\.$/, '')
}

function readCondition(type: string, entry: unknown): Condition {
  const reason = textAt(entry, 'reason')
  const message = textAt(entry, 'message')
  const lastTransitionTime = textAt(entry, 'lastTransitionTime')
  const observedGeneration = numberAt(entry, 'observedGeneration')
  return {
    type,
    status: textAt(entry, 'status') ?? 'Unknown',
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
    ...(lastTransitionTime === undefined ? {} : { lastTransitionTime }),
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
  }
}
