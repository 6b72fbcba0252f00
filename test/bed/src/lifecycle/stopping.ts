import { readRecord } from '../cluster/record.ts'
import { Failure } from '../failure.ts'
import { bedPaths } from '../machine/layout.ts'
import { until } from '../machine/until.ts'
import { readJson, writeJson, type ComponentStatus, type Status } from './status.ts'

/** A component that a bed can do without for a while. */
export type ComponentName = 'kube-apiserver' | 'kube-controller-manager' | 'kube-proxy' | 'kube-scheduler'

/** Kills a component of a bed as a crash does, and resolves once it has ended. The bed stays usable; nothing starts it again but `startAgain`. */
export async function stopComponent(bed: string, name: ComponentName, environment: NodeJS.ProcessEnv): Promise<void> {
  await wish(bed, environment, (stopped) => [...new Set([...stopped, name])])
  await wait(bed, environment, { name, what: 'to end', seen: (component) => component.stopped === true })
}

/** Starts a component that was stopped, and resolves once its process runs: what it serves comes a little later. */
export async function startAgain(bed: string, name: ComponentName, environment: NodeJS.ProcessEnv): Promise<void> {
  await wish(bed, environment, (stopped) => stopped.filter((one) => one !== name))
  await wait(bed, environment, { name, what: 'to start', seen: (component) => component.stopped !== true })
}

async function wish(bed: string, environment: NodeJS.ProcessEnv, change: (stopped: readonly string[]) => readonly string[]): Promise<void> {
  const { stopped } = await pathsOf(bed, environment)
  await writeJson(stopped, change((await readJson<readonly string[]>(stopped)) ?? []))
}

interface Sight {
  readonly name: ComponentName
  readonly what: string
  readonly seen: (component: ComponentStatus) => boolean
}

async function wait(bed: string, environment: NodeJS.ProcessEnv, { name, what, seen }: Sight): Promise<void> {
  const { status: file } = await pathsOf(bed, environment)
  await until({ what: `${name} of bed "${bed}" ${what}`, seconds: 20 }, async () => {
    const status = await readJson<Status>(file)
    return status?.components.some((component) => component.name === name && seen(component)) === true
  })
}

async function pathsOf(bed: string, environment: NodeJS.ProcessEnv) {
  const record = await readRecord(environment, bed)
  if (record?.kind === 'bed') return bedPaths(record.folder)
  throw new Failure(`cluster "${bed}": expected a bed, whose components can be stopped, got ${record?.kind ?? 'none of that name'}`)
}
