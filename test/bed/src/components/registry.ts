import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Component } from './component.ts'
import { addresses, bedPaths, type Layout } from '../machine/layout.ts'

/**
 * The registry images are pulled from. containerd speaks plain HTTP to a loopback address without being told to, and
 * its answers are those of a real one: an absent image is "not found".
 */
export async function registry(layout: Layout): Promise<Component> {
  const { work } = bedPaths(layout.folder)
  await mkdir(join(work, 'registry'), { recursive: true })
  const settings = join(work, 'registry.json') // JSON is YAML
  await writeFile(
    settings,
    JSON.stringify(
      {
        version: 0.1,
        log: { level: 'warn', accesslog: { disabled: true } },
        storage: { filesystem: { rootdirectory: join(work, 'registry') }, delete: { enabled: true } },
        http: { addr: addresses.registry, secret: 'one process, so nobody to share it with' },
      },
      null,
      2,
    ),
  )
  return {
    name: 'registry',
    command: layout.programs.registry,
    args: ['serve', settings],
    // Otherwise it sends traces to a collector that is not there, and logs every failure to do so.
    environment: { OTEL_TRACES_EXPORTER: 'none' },
  }
}

/** Whether the registry answers. */
export async function registryAnswers(): Promise<boolean> {
  return (await fetch(`http://${addresses.registry}/v2/`, { signal: AbortSignal.timeout(2000) })).ok
}
