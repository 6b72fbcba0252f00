import type { StepRecord } from '@fairlead/bundle'
import type { Chapter, Ending } from './story.ts'

/** One step as the action's own report tells it, on the wall clock. */
export interface RunStep {
  readonly number: number
  readonly type: string
  readonly text: string
  readonly state: 'done' | 'failed' | 'not reached'
  /** Unix milliseconds; absent when it was not reached. */
  readonly at?: number
  readonly seconds: number
  readonly result: string
  readonly isWayBack: boolean
}

/** How one chapter went. */
export interface Run {
  readonly chapter: Chapter
  readonly ending: Ending | 'failed'
  /** The action's last word. */
  readonly verdict: string
  /** Unix milliseconds around the whole process. */
  readonly began: number
  readonly ended: number
  readonly steps: readonly RunStep[]
  /** Milliseconds from the move to its proof. */
  readonly proof?: number
  /** Why it was refused, with the line of the log that says it. */
  readonly cause?: { readonly name: string; readonly message: string; readonly log?: string }
}

/** Reads what the runner has kept of a step: its outputs, its log, its report. */
export function readRun(chapter: Chapter, record: StepRecord, { began, ended }: Pick<Run, 'began' | 'ended'>): Run {
  const { steps, wayBack } = reportIn(record)
  const all = [...steps.map((step) => plainStep(step, false)), ...wayBack.map((step) => plainStep(step, true))]
  const proven = steps.find(({ type }) => type === 'prove')?.proof?.seconds
  const cause = causeIn(record)
  return {
    chapter,
    ending: endingOf(record, chapter),
    verdict: record.log.at(-1) ?? '',
    began,
    ended,
    steps: all,
    ...(proven === undefined ? {} : { proof: proven * 1_000 }),
    ...(cause === undefined ? {} : { cause }),
  }
}

interface Reported {
  readonly number: number
  readonly type: string
  readonly step: string
  readonly state: RunStep['state']
  readonly at: string | null
  readonly seconds: number
  readonly result: string | null
  readonly proof?: { readonly proven: boolean; readonly seconds: number }
}

function reportIn({ outputs, temporaryFiles }: StepRecord): { readonly steps: readonly Reported[]; readonly wayBack: readonly Reported[] } {
  const file = temporaryFiles.find(({ name }) => outputs['report']?.endsWith(`/${name}`) === true)
  const { details } = (file === undefined ? {} : JSON.parse(file.text)) as {
    readonly details?: { readonly steps?: readonly Reported[]; readonly wayBack?: readonly Reported[] | null }
  }
  return { steps: details?.steps ?? [], wayBack: details?.wayBack ?? [] }
}

function plainStep({ number, type, step, state, at, seconds, result }: Reported, isWayBack: boolean): RunStep {
  return { number, type, text: step, state, seconds, result: result ?? '', isWayBack, ...(at === null ? {} : { at: Date.parse(at) }) }
}

function endingOf({ exitCode, outputs }: StepRecord, { action }: Chapter): Run['ending'] {
  if (exitCode === 0 && outputs['conclusion'] === 'success') return action === 'rollback' ? 'rolled back' : 'released'
  const isRefused = exitCode === 1 && outputs['conclusion'] === 'failure' && (outputs['fault'] ?? '') === '' && outputs['diagnosis'] !== '[]'
  return isRefused ? 'refused' : 'failed'
}

function causeIn({ outputs, log }: StepRecord): Run['cause'] {
  const [first] = JSON.parse(outputs['diagnosis'] || '[]') as readonly { readonly cause?: string; readonly message?: string; readonly target?: string }[]
  if (first?.cause === undefined) return undefined
  const start = log.findIndex((line) => line.startsWith('Last lines of container'))
  const end = log.indexOf('', start)
  const last = start < 0 ? undefined : log.slice(start + 1, end < 0 ? undefined : end).at(-1)
  const message = first.message ?? ''
  const whole = message.startsWith('Pod "') || first.target === undefined ? message : `${first.target}: ${message}`
  return { name: first.cause, message: whole, ...(last === undefined ? {} : { log: last.replace(/^\s*\| ?/, '') }) }
}
