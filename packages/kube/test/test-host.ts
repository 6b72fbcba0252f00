import { systemClock, type Clock, type Host } from '@fairlead/base'
import { ManualClock } from '@fairlead/base/testing'
import { tmpdir } from 'node:os'
import type { ClusterInputs } from '@fairlead/kube'

export interface TestHost extends Host {
  readonly masked: string[]
}

export function testHost(part: Partial<Host> = {}): TestHost {
  const masked: string[] = []
  return {
    environment: {},
    workspace: tmpdir(),
    temporaryFolder: tmpdir(),
    origin: { holder: 'ann@laptop #1', actor: 'ann' },
    clock: systemClock,
    signal: new AbortController().signal,
    masked,
    mask: (secret) => void masked.push(secret),
    ...part,
  }
}

/** A clock on which nobody waits: a sleep moves the time on at once, and is written down. */
export class HurriedClock implements Clock {
  readonly pauses: number[] = []
  readonly #clock = new ManualClock()

  now(): number {
    return this.#clock.now()
  }

  date(): Date {
    return this.#clock.date()
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    this.pauses.push(milliseconds)
    await this.#clock.advance(milliseconds)
  }
}

export const NO_INPUTS: ClusterInputs = { allowExecPlugin: [], allowInsecure: false }

/** A kubeconfig with one context, as text. */
export function kubeconfig(cluster: Readonly<Record<string, unknown>>, user: Readonly<Record<string, unknown>> = { token: 'a-token-of-some-length' }): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'here',
    contexts: [{ name: 'here', context: { cluster: 'there', user: 'me', namespace: 'shop' } }],
    clusters: [{ name: 'there', cluster }],
    users: [{ name: 'me', user }],
  })
}
