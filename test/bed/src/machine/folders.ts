import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** The folder of this package, wherever the caller's working directory is. */
export const bedSource: string = resolve(import.meta.dirname, '../..')

/** The folder of the sample application's server, of which the test images are made. */
export const shopSource: string = resolve(bedSource, '../../examples/shop/server')

/** Where built and downloaded programs are kept between runs. Not created here; deleting it costs only time. */
export function cacheFolder(environment: NodeJS.ProcessEnv): string {
  return join(environment.XDG_CACHE_HOME || join(homeOf(environment), '.cache'), 'fairlead')
}

/** Where everything of one running bed lives. Not created here; `down` removes it whole. */
export function bedFolder(environment: NodeJS.ProcessEnv, name: string): string {
  return join(environment.XDG_STATE_HOME || join(homeOf(environment), '.local/state'), 'fairlead/beds', name)
}

/** The lock held while the cluster of that folder is brought up. */
export function lockOf(folder: string): string {
  return `${folder}.lock`
}

function homeOf(environment: NodeJS.ProcessEnv): string {
  return environment.HOME || homedir()
}
