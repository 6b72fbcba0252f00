import type { Clock, Host } from '@fairlead/base'
import { ManualClock } from '@fairlead/base/testing'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TestHost extends Host {
  readonly masked: string[]
}

/** A machine with nothing on it; what is masked is written down. */
export function testHost(environment: Host['environment'] = {}): TestHost {
  const masked: string[] = []
  return {
    environment,
    workspace: tmpdir(),
    temporaryFolder: tmpdir(),
    origin: { holder: 'ann@laptop #1', actor: 'ann' },
    clock: new HurriedClock(),
    signal: new AbortController().signal,
    masked,
    mask: (secret) => void masked.push(secret),
  }
}

/** A clock on which nobody waits: a sleep moves the time on at once. */
class HurriedClock implements Clock {
  readonly #clock = new ManualClock()

  now(): number {
    return this.#clock.now()
  }

  date(): Date {
    return this.#clock.date()
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    await this.#clock.advance(milliseconds)
  }
}

const folders: string[] = []

/** Writes a docker config, as text or as what its JSON holds, and answers its folder, or that in which `below` leads to it. */
export function dockerConfig(config: unknown, below = ''): string {
  const folder = mkdtempSync(join(tmpdir(), 'docker-config-'))
  folders.push(folder)
  mkdirSync(join(folder, below), { recursive: true })
  writeFileSync(join(folder, below, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config))
  return folder
}

/** The `auth` of a docker config. */
export function authOf(user: string, password: string): string {
  return Buffer.from(`${user}:${password}`).toString('base64')
}

export function removeDockerConfigs(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
}
