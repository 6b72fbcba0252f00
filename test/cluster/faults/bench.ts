import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runBundle, type RunningStep, type StepRecord } from '@fairlead/bundle'
import { sampleService, serveRuns, startProxy, type FaultProxy, type RunRegistry, type Sampler } from '@fairlead/faults'
import { account, ACTIONS, endpoint, kubeconfig, makePlace, type Endpoint, type Place } from '../cluster.ts'

/** A place whose runs go through proxies of their own, and GitHub as they know it. */
export interface Bench extends Place {
  readonly token: string
  readonly target: Endpoint
  readonly runs: RunRegistry
  /** Runs that GitHub says are over. */
  readonly over: Set<number>
  /** Puts a proxy of its own before the API server. */
  proxy(): Promise<FaultProxy>
  /** Looks at the Service `shop` every 50 ms, past every proxy. */
  sample(): Sampler
}

/** What is run: an action with its inputs. */
export interface Act {
  readonly action: 'deploy-bluegreen' | 'rollback'
  readonly inputs: Readonly<Record<string, string>>
  readonly manifest?: string
}

/** How it is run. */
export interface Manner {
  readonly proxy: FaultProxy
  /** The number GitHub knows the run by; a holder of the lock is told apart by it. */
  readonly run: number
  /** Without, as when the runner dies with its process, `post` never runs. */
  readonly post?: boolean
  readonly onStart?: (step: RunningStep) => void
  readonly onLine?: (line: string) => void
}

/** Makes a bench; whoever makes it removes it. */
export async function makeBench(purpose: string): Promise<Bench> {
  const place = await makePlace(purpose)
  const target = await endpoint()
  const token = await account(place, 'tester', [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }])
  const over = new Set<number>()
  const runs = await serveRuns((run) => over.has(run))
  const authority = Buffer.from(target.authority, 'base64').toString()
  const { namespace } = place
  return {
    ...place,
    token,
    target,
    runs,
    over,
    proxy: () => startProxy({ server: target.server, authority }),
    sample: () => sampleService({ server: target.server, authority, token, namespace, service: 'shop', slotLabel: 'fairlead.dev/slot' }),
    remove: async () => {
      await runs.close()
      await place.remove()
    },
  }
}

/** Runs a committed bundle as the runner does, `post` included, with the run's number and a GitHub on loopback. */
export function perform(bench: Bench, { action, inputs, manifest }: Act, { proxy, run, post = true, onStart, onLine }: Manner): Promise<StepRecord> {
  return runBundle({
    action: join(ACTIONS, action),
    post,
    environment: {
      GITHUB_RUN_ID: String(run),
      GITHUB_API_URL: bench.runs.url,
      GITHUB_ACTOR: 'ann',
      'INPUT_GITHUB-TOKEN': 'token-of-the-test',
    },
    inputs: {
      app: 'shop',
      namespace: bench.namespace,
      kubeconfig: kubeconfig({ server: proxy.url }, { token: bench.token }),
      'allow-insecure': 'true',
      ...inputs,
      ...(manifest === undefined ? {} : { manifests: 'shop.yaml' }),
    },
    ...(manifest === undefined ? {} : { workspace: { 'shop.yaml': manifest } }),
    ...(onStart === undefined ? {} : { onStart }),
    ...(onLine === undefined ? {} : { onLine }),
  })
}

/** Runs it to its end with nobody in its way. */
export async function performCalmly(bench: Bench, act: Act, run: number): Promise<{ readonly record: StepRecord; readonly requests: FaultProxy['requests'] }> {
  const proxy = await bench.proxy()
  try {
    const record = await perform(bench, act, { proxy, run })
    bench.over.add(run)
    return { record, requests: proxy.requests }
  } finally {
    await proxy.close()
  }
}

/** Whether an action of this bundle has a `post` entry. */
export async function hasPost(action: Act['action']): Promise<boolean> {
  return /^\s+post:/m.test(await readFile(join(ACTIONS, action, 'action.yml'), 'utf8'))
}
