import { formatDuration, isFault, milliseconds } from '@fairlead/base'
import { awaitHealthy, firstCause, type HealthReport } from '@fairlead/health'
import { runChecks, type Check, type CheckResult, type Respondent } from '@fairlead/health/checks'
import { resolved, type Effects, type StepKind, type StepResult } from '../execute/effects.ts'
import type { SoakStep } from '../plan/step.ts'
import { checkAccess, HEALTH_ACCESS, POINTER_ACCESS } from './access.ts'
import { backendReference } from './backend-reference.ts'
import { keepsProven } from './keeps-proven.ts'

/** Watches the release under its users: no container fails, the Service keeps leading to it alone, and the checks that go through the Service hold at the beginning and at the end. */
export const soak: StepKind<SoakStep> = {
  describe: ({ duration, targets, checks }) =>
    `soak ${formatDuration(duration)}: ${[...(checks.length === 0 ? [] : [`checks on ${targets.map(({ service }) => service).join(', ')}`]), 'restarts', 'endpoints'].join(', ')}`,
  access: ({ checks }) => [...HEALTH_ACCESS, ...POINTER_ACCESS, ...checkAccess(checks, 'services')],
  async execute(step, effects) {
    const before = await ask(step, effects)
    const refused = before.find(({ passed }) => !passed)
    if (refused !== undefined) return failedCheck(refused, before)
    const complaint = await watch(step, effects)
    if (complaint !== undefined) return await explain(complaint, step, effects)
    const after = step.duration === 0 ? before : await ask(step, effects)
    const failed = after.find(({ passed }) => !passed)
    if (failed !== undefined) return failedCheck(failed, after)
    return { ok: true, text: 'no container restarted, and the Service still leads to it alone', checks: after }
  },
}

/** Watches until the time is over; answers the first complaint, which ends the watch. */
async function watch({ duration, targets }: SoakStep, effects: Effects): Promise<string | undefined> {
  const over = new AbortController()
  const signal = AbortSignal.any([effects.signal, over.signal])
  const watched = { ...effects, signal }
  const watches = targets.map(({ app, backend, service, replicas }) =>
    keepsProven({ app, backend: resolved(backend, app, effects), service, replicas }, duration, watched),
  )
  const progress = keepProgress(
    targets.map(({ app }) => app),
    watched,
  )
  for (const each of [...watches, progress]) each.catch(() => undefined)
  try {
    return await Promise.race([firstComplaint(watches), progress])
  } finally {
    over.abort()
  }
}

/** Milliseconds between two notes of how far a soak has come: what a run that is killed has watched need not be watched again. */
const NOTE = 10_000

/** Writes down how long the release has been watched, until it is stopped. Never resolves; throws when another run has taken over. */
async function keepProgress(apps: readonly string[], { journals, clock, signal }: Effects): Promise<never> {
  const began = clock.now()
  const before = new Map(apps.map((app) => [app, journals.of(app).rollout?.soaked ?? 0]))
  for (;;) {
    await clock.sleep(NOTE, signal)
    const watched = clock.now() - began
    for (const app of apps) await note(app, (before.get(app) ?? 0) + watched, journals)
  }
}

/** While the server is away the watch itself says what is to be said. */
async function note(app: string, soaked: number, journals: Effects['journals']): Promise<void> {
  try {
    await journals.write(app, (journal) => (journal.rollout === undefined ? journal : { ...journal, rollout: { ...journal.rollout, soaked } }))
  } catch (error) {
    if (!isFault(error, 'UNAVAILABLE')) throw error
  }
}

/** The first complaint there is, or undefined when all have ended without one. */
function firstComplaint(watches: readonly Promise<string | undefined>[]): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    let open = watches.length
    if (open === 0) resolve(undefined)
    for (const each of watches) {
      each.then((complaint) => {
        open -= 1
        if (complaint !== undefined || open === 0) resolve(complaint)
      }, reject)
    }
  })
}

/** A complaint with the cause behind it, as far as the Pods tell. */
async function explain(complaint: string, { targets }: SoakStep, effects: Effects): Promise<StepResult> {
  const { cluster, clock, signal } = effects
  const judged = targets.map(({ app, backend, replicas }) => ({ reference: backendReference(app, backend, effects), floor: replicas }))
  const health: HealthReport = await awaitHealthy(cluster, judged, { clock, signal, timeout: milliseconds(0) })
  const cause = firstCause(health.targets)?.diagnosis?.message
  return { ok: false, text: cause === undefined ? complaint : `${complaint}: ${cause}`, health }
}

async function ask({ targets, checks, url, duration }: SoakStep, { cluster, web, clock, signal, namespace }: Effects): Promise<readonly CheckResult[]> {
  const respondents = checks.flatMap((each) =>
    respondentsOf(
      each,
      targets.map(({ service }) => service),
      { namespace, url },
    ),
  )
  return await runChecks(respondents, { cluster, web }, { clock, timeout: Math.max(duration, LEAST_FOR_CHECKS), signal })
}

/** Milliseconds that checks have even in a short soak. */
const LEAST_FOR_CHECKS = 30_000

function respondentsOf(
  each: Check,
  services: readonly string[],
  { namespace, url }: { readonly namespace: string; readonly url: URL | undefined },
): readonly Respondent[] {
  if (each.on === 'url') return url === undefined ? [] : [{ check: each, name: url.host, where: { type: 'url', base: url } }]
  return services.map((name): Respondent => ({
    check: each,
    name: `Service "${namespace}/${name}"`,
    where: { type: 'proxy', target: 'services', namespace, name },
  }))
}

function failedCheck({ respondent, check, reason }: CheckResult, checks: readonly CheckResult[]): StepResult {
  return { ok: false, text: `${respondent} failed ${check}: ${reason ?? 'no reason given'}`, checks }
}
