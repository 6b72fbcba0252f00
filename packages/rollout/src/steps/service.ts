import { Fault } from '@fairlead/base'
import type { KubeObject } from '@fairlead/kube'

/** The Service of an app as it was last read or written. */
export function serviceOf(app: string, services: ReadonlyMap<string, KubeObject>): KubeObject {
  const service = services.get(app)
  if (service === undefined) throw new Fault('NOT_FOUND', `Service of app "${app}": expected one to lead to its Pods, got none`)
  return service
}
