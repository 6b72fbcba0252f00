import type { KubeObject } from '@fairlead/kube'
import { type Assessment, degraded, healthy, progressing, suspended } from '../judging/assessment.ts'
import { conditionOf, conditionText } from '../reading/condition.ts'
import { at } from '../reading/fields.ts'

/** Conditions under which a ready Node takes no new Pods, or puts some out. */
const PRESSURES = ['NetworkUnavailable', 'MemoryPressure', 'DiskPressure', 'PIDPressure']

/** Judges a Node: ready, under no pressure, and open for new Pods. A cordoned one is Suspended, because somebody meant it. What runs on it is not looked at. */
export function assessNode(object: KubeObject): Assessment {
  const ready = conditionOf(object, 'Ready')
  if (ready === undefined) return progressing('its kubelet has not said yet whether it is Ready')
  if (ready.status !== 'True') return degraded(conditionText(ready))
  const pressure = PRESSURES.map((type) => conditionOf(object, type)).find((condition) => condition?.status === 'True')
  if (pressure !== undefined) return degraded(conditionText(pressure))
  return at(object, 'spec', 'unschedulable') === true ? suspended('is cordoned: it takes no new Pods') : healthy('ready')
}
