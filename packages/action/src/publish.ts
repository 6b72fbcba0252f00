import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as core from '@actions/core'
import type { Host } from '@fairlead/base'
import { inertLine } from './foreign-text.ts'
import { renderPlain } from './plain-text.ts'
import type { Annotation, Report } from './report.ts'
import { renderSummary } from './summary.ts'

export interface Destination {
  readonly operation: string
  readonly host: Host
  readonly print: (line: string) => void
  /** It is told at the end of the job, after the step has ended. */
  readonly isLast?: boolean
}

/**
 * Tells the outside a report, free of secrets by now: log, annotations, report file, outputs, job summary, each by itself.
 *
 * Answers whether the outputs could be written, which later steps rely on; a summary or file that cannot is a warning.
 * Whatever fails here changes nothing of what happened before.
 */
export async function publish(report: Report, { operation, host, print, isLast = false }: Destination): Promise<boolean> {
  print('')
  for (const line of renderPlain(report.summary)) print(line)
  print(inertLine(report.verdict))
  for (const annotation of mostImportant(report.annotations)) annotate(annotation)
  const file = await attempt('report file', operation, () => writeReport(report, join(host.temporaryFolder, `fairlead-${operation}-${randomUUID()}.json`)))
  await attempt('job summary', operation, () => writeSummary(report, host))
  // At the end of the job nobody reads outputs any more, and those of the step itself stay as they are.
  return isLast || writeOutputs({ ...report.outputs, conclusion: report.conclusion, report: file ?? '' }, operation)
}

async function writeReport({ conclusion, verdict, outputs, details }: Report, file: string): Promise<string> {
  await writeFile(file, `${JSON.stringify({ conclusion, verdict, outputs, details }, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' })
  return file
}

async function writeSummary({ verdict, summary }: Report, { environment }: Host): Promise<void> {
  const { GITHUB_STEP_SUMMARY: file = '' } = environment
  if (file !== '') await core.summary.addRaw(renderSummary([{ type: 'heading', text: verdict }, ...summary])).write()
}

function writeOutputs(outputs: Readonly<Record<string, string>>, operation: string): boolean {
  try {
    for (const [name, value] of Object.entries(outputs)) core.setOutput(name, value)
    return true
  } catch (error) {
    core.error(`The outputs could not be written: ${reasonOf(error)}`, { title: `${operation}: reporting failed` })
    return false
  }
}

async function attempt<T>(what: string, operation: string, write: () => Promise<T>): Promise<T | undefined> {
  try {
    return await write()
  } catch (error) {
    core.warning(`The ${what} could not be written: ${reasonOf(error)}`, { title: `${operation}: reporting failed` })
    return undefined
  }
}

function reasonOf(error: unknown): string {
  return inertLine(error instanceof Error ? error.message : String(error))
}

/** The runner records the first ten of each level and forgets the rest in silence. */
const MOST_ANNOTATIONS = 10

function mostImportant(annotations: readonly Annotation[]): readonly Annotation[] {
  if (annotations.length <= MOST_ANNOTATIONS) return annotations
  const [last] = annotations.slice(MOST_ANNOTATIONS - 1)
  const rest = annotations.length - MOST_ANNOTATIONS + 1
  return [...annotations.slice(0, MOST_ANNOTATIONS - 1), { level: last?.level ?? 'error', title: 'and more', message: `${rest} more are in the job summary` }]
}

/** The runner cuts a message off at 4096 characters. */
const LONGEST_MESSAGE = 4_000

function annotate({ level, title, message, position }: Annotation): void {
  const text = message.split('\n').map(inertLine).join('\n').slice(0, LONGEST_MESSAGE)
  const column = position?.column === undefined ? {} : { startColumn: position.column }
  const place = position === undefined ? {} : { file: position.file, startLine: position.line, ...column }
  const write = { error: core.error, warning: core.warning, notice: core.notice }[level]
  write(text, { title: inertLine(title), ...place })
}
