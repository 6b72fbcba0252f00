import { join } from 'node:path'
import { obtainBuilt, silent, type Report } from '@fairlead/bed'

/** The path of the load client's program, built with Go when its sources have changed since it was last built. */
export function obtainLoad(environment: NodeJS.ProcessEnv, report: Report = silent): Promise<string> {
  return obtainBuilt({ name: 'load', module: join(import.meta.dirname, '../client') }, environment, report)
}
