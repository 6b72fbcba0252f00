/** One step of a plan, as far as the log has told. */
export interface Step {
  readonly number: number
  readonly text: string
  readonly state: 'planned' | 'running' | 'done' | 'failed'
  /** It takes a refused release back. */
  readonly isWayBack: boolean
  /** When it began, by the clock of whoever follows the log. */
  readonly began: number
  readonly seconds?: number
  readonly result?: string
}

/** What a run has told so far. */
export interface Progress {
  readonly phase: 'plan' | 'steps' | 'way back' | 'over'
  readonly steps: readonly Step[]
  /** The latest sentence about what is waited for. */
  readonly latest: string
}

export const NOTHING_YET: Progress = { phase: 'plan', steps: [], latest: '' }

/** Takes the next line of an action's log into account. What it does not know changes nothing. */
export function follow(progress: Progress, line: string, now: number): Progress {
  if (progress.phase === 'over') return progress
  if (progress.phase === 'plan') return followPlan(progress, line)
  if (line === 'taking it back:') return { ...progress, phase: 'way back', latest: '' }
  if (/^\s+step\s+result\s+seconds$/.test(line)) return { ...progress, phase: 'over', latest: '' }
  const [, latest] = /^Deployment "[^"]*": (.*)$/.exec(line) ?? []
  if (latest !== undefined) return { ...progress, latest }
  const ending = endingIn(line)
  return ending === undefined ? followStart(progress, line, now) : changeRunning(progress, ending)
}

/** The step that is being carried out; undefined between two of them. */
export function runningStep({ steps }: Progress): Step | undefined {
  return steps.find(({ state }) => state === 'running')
}

/** The plan ends with an empty line. */
function followPlan(progress: Progress, line: string): Progress {
  if (line === '' && progress.steps.length > 0) return { ...progress, phase: 'steps' }
  const read = numbered(line)
  if (read === undefined) return progress
  const text = read.text.replace(/ {2,}(?:needs|undo): .*$/, '')
  return { ...progress, steps: [...progress.steps, { number: read.number, text, state: 'planned', isWayBack: false, began: 0 }] }
}

function followStart(progress: Progress, line: string, now: number): Progress {
  const read = numbered(line)
  if (read === undefined) return progress
  const begun = { state: 'running', began: now } as const
  if (progress.phase === 'way back') return { ...progress, latest: '', steps: [...progress.steps, { ...read, ...begun, isWayBack: true }] }
  return { ...progress, latest: '', steps: progress.steps.map((step) => (step.number === read.number ? { ...step, ...begun } : step)) }
}

function endingIn(line: string): Pick<Step, 'state' | 'seconds' | 'result'> | undefined {
  const [, ending, seconds, result = ''] = /^ {6}(done|FAILED) in ([\d.]+)s: (.*)$/.exec(line) ?? []
  return ending === undefined ? undefined : { state: ending === 'done' ? 'done' : 'failed', seconds: Number(seconds), result }
}

function changeRunning(progress: Progress, change: Partial<Step>): Progress {
  return { ...progress, latest: '', steps: progress.steps.map((step) => (step.state === 'running' ? { ...step, ...change } : step)) }
}

function numbered(line: string): Pick<Step, 'number' | 'text'> | undefined {
  const [, number, text] = /^ ?(\d+) {2}(\S.*)$/.exec(line) ?? []
  return text === undefined ? undefined : { number: Number(number), text }
}
