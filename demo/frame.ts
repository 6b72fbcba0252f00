import { fit, type Paint } from './paint.ts'
import type { Progress, Step } from './progress.ts'

/** What a step looks like while it is watched; `now` is the clock its beginning was read from. */
export function stepLine(step: Step, { now, width, paint }: { readonly now: number; readonly width: number; readonly paint: Paint }): string {
  const mark = { planned: ' ', running: '▸', done: '✓', failed: '✗' }[step.state]
  const text = fit(step.text, width - 18)
  const plain = `  ${step.isWayBack ? '↩' : ' '} ${mark} ${String(step.number).padStart(2)}  ${text.padEnd(width - 18)} ${secondsOf(step, now).padStart(6)}`
  return paint(plain, step.state === 'failed' ? 'red' : step.state === 'done' ? 'green' : step.state === 'running' ? 'bold' : 'dim')
}

/** The plan as it stands, and below the running step what it waits for. */
export function planLines(progress: Progress, options: { readonly now: number; readonly width: number; readonly paint: Paint }): readonly string[] {
  const { width, paint } = options
  return progress.steps.flatMap((step) => [
    stepLine(step, options),
    ...(step.state === 'running' && progress.latest !== '' ? [paint(`           ${fit(progress.latest, width - 11)}`, 'dim')] : []),
  ])
}

/** A step that has ended, for where nothing is redrawn. */
export function endedLine({ number, text, state, seconds, result, isWayBack }: Step, width: number): string {
  const head = `  ${isWayBack ? '↩' : ' '} ${state === 'failed' ? '✗' : '✓'} ${String(number).padStart(2)}  ${`${(seconds ?? 0).toFixed(1)}s`.padStart(6)}  `
  return `${head}${fit(`${text}: ${result ?? ''}`, width - head.length)}`
}

function secondsOf({ state, began, seconds }: Step, now: number): string {
  if (state === 'planned') return ''
  return `${(seconds ?? (now - began) / 1_000).toFixed(1)}s`
}
