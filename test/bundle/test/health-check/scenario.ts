import { join, resolve } from 'node:path'
import type { KubeObject } from '@fairlead/kube'
import { runBundle, serveApi, transcript, type ApiServer, type BundleRun, type Interception, type StepRecord } from '../../src/index.ts'

export const HEALTH_CHECK = resolve(import.meta.dirname, '../../../../actions/health-check')

export interface Scenario extends Omit<BundleRun, 'action'> {
  readonly objects: readonly KubeObject[]
  readonly intercept?: Interception
  /** Prepares the API server: logs, later changes. */
  readonly prepare?: (api: ApiServer) => void
}

export interface Played {
  readonly record: StepRecord
  readonly text: string
  readonly requests: readonly string[]
}

/** Runs the committed bundle against a served API and answers what happened, and the text of it. */
export async function play({ objects, intercept, prepare, inputs = {}, ...run }: Scenario): Promise<Played> {
  const api = await serveApi(objects, intercept)
  try {
    prepare?.(api)
    const record = await runBundle({ action: HEALTH_CHECK, ...run, inputs: { kubeconfig: api.kubeconfig, 'allow-insecure': 'true', ...inputs } })
    // Lists of several kinds are asked for at once: their order is nobody's promise.
    const requests = api.requests.toSorted()
    return { record, requests, text: transcript(record, requests) }
  } finally {
    await api.close()
  }
}

/** Where the transcript of a scenario is kept: beside it, under its name. */
export function transcriptOf(file: string): string {
  return join(import.meta.dirname, 'transcripts', `${file.slice(file.lastIndexOf('/') + 1).replace(/\.test\.ts$/, '')}.txt`)
}
