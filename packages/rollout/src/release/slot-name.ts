import { Fault } from '@fairlead/base'
import type { SlotName } from '@fairlead/traffic'

/** Names the Deployment of a slot: `web-blue`. Throws INPUT_INVALID when the app's name leaves no room for what Kubernetes adds to it. */
export function slotName(app: string, slot: SlotName): string {
  const wrong = wrongAppName(app)
  if (wrong !== undefined) throw new Fault('INPUT_INVALID', `app "${app}": ${wrong}`, { hint: APP_NAME_HINT })
  return `${app}-${slot}`
}

/** Says what is wrong with the name of an app; undefined when slots can be named after it. */
export function wrongAppName(app: string): string | undefined {
  if (!DNS_LABEL.test(app)) return `is no DNS label, expected a-z, 0-9 and hyphens between them, got "${app}"`
  return app.length > LONGEST ? `is too long for slots, expected at most ${LONGEST} characters, got ${app.length}` : undefined
}

/** What to do about a name that does not fit. */
export const APP_NAME_HINT = 'Rename the Deployment: its name becomes part of the names of slots, Pods, labels and the lock.'

const DNS_LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/

/** Pods' hostnames and label values hold 63: the name, the slot and the start of the ReplicaSet's hash. */
const LONGEST = 50
