import { spawn, type ChildProcess } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { inputVariables, readActionMetadata, type ActionMetadata } from './action-metadata.ts'
import { CommandReader, type Command } from './commands.ts'
import { parseFileCommands, SUMMARY_LIMIT } from './file-commands.ts'
import { climbLadder, type Rung } from './ladder.ts'
import { Masker } from './masker.ts'

export interface BundleRun {
  /** The folder with the action.yml. */
  readonly action: string
  readonly inputs?: Readonly<Record<string, string>>
  /** Variables of the job, such as `KUBECONFIG`. Nothing else of the calling process is inherited but `PATH` and `HOME`. */
  readonly environment?: Readonly<Record<string, string>>
  /** Files of the checked-out repository. */
  readonly workspace?: Readonly<Record<string, string>>
  /** Cancels the step as the runner does: after so many milliseconds, or once the log holds a text. */
  readonly cancel?: { readonly after?: number; readonly when?: string; readonly ladder?: readonly Rung[] }
  /** Called with each line of the log as it comes. */
  readonly onLine?: (line: string) => void
  /** Called once the process of the step itself (not of `post`) runs. */
  readonly onStart?: (step: RunningStep) => void
  /** A command that starts the process in other surroundings, such as `unshare --mount`. */
  readonly wrap?: readonly string[]
  /** Runs `post` too, as the runner does at the end of the job. */
  readonly post?: boolean
}

/** The process of a step while it runs. */
export interface RunningStep {
  /** Sends one signal to it. */
  kill(signal: NodeJS.Signals): void
  /** Cancels it as the runner does. */
  cancel(ladder?: readonly Rung[]): void
}

/** One phase of a step as the runner saw it. */
export interface Phase {
  readonly exitCode: number | undefined
  readonly signal: string | undefined
  /** The log as a person reads it: commands taken out, secrets masked. */
  readonly log: readonly string[]
  /** What the process really wrote. */
  readonly raw: string
  readonly commands: readonly Command[]
  readonly milliseconds: number
}

export interface StepRecord extends Phase {
  readonly outputs: Readonly<Record<string, string>>
  readonly state: Readonly<Record<string, string>>
  /** The job summary, masked; undefined when the runner would have rejected it. */
  readonly summary: string | undefined
  readonly annotations: readonly Command[]
  readonly masks: readonly string[]
  /** Files left in the runner's temporary folder, with their content and mode. */
  readonly temporaryFiles: readonly { readonly name: string; readonly text: string; readonly mode: string }[]
  readonly post?: Phase
}

/** Runs a committed bundle in a process of its own under this Node, with the runner's variables, files, signals and masking. */
export async function runBundle(run: BundleRun): Promise<StepRecord> {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-step-'))
  try {
    const metadata = await readActionMetadata(run.action)
    const files = await layFiles(folder, run.workspace ?? {})
    const masker = new Masker()
    const main = await runPhase({ run, metadata, files, masker, script: metadata.runs.main, state: {} })
    const state = parseFileCommands(await readFile(files.GITHUB_STATE, 'utf8'))
    const post =
      run.post === true && metadata.runs.post !== undefined
        ? await runPhase({ run: { ...run, cancel: {}, onStart: () => {} }, metadata, files, masker, script: metadata.runs.post, state })
        : undefined
    const summary = await readFile(files.GITHUB_STEP_SUMMARY, 'utf8')
    return {
      ...main,
      state,
      outputs: parseFileCommands(await readFile(files.GITHUB_OUTPUT, 'utf8')),
      summary: Buffer.byteLength(summary) > SUMMARY_LIMIT ? undefined : masker.mask(summary),
      annotations: main.commands.filter(({ name }) => name === 'error' || name === 'warning' || name === 'notice'),
      masks: masker.given,
      temporaryFiles: await readFolder(files.RUNNER_TEMP),
      ...(post === undefined ? {} : { post }),
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

type StepFiles = Readonly<
  Record<'GITHUB_OUTPUT' | 'GITHUB_STATE' | 'GITHUB_ENV' | 'GITHUB_PATH' | 'GITHUB_STEP_SUMMARY' | 'RUNNER_TEMP' | 'GITHUB_WORKSPACE', string>
>

async function layFiles(folder: string, workspace: Readonly<Record<string, string>>): Promise<StepFiles> {
  const names = ['GITHUB_OUTPUT', 'GITHUB_STATE', 'GITHUB_ENV', 'GITHUB_PATH', 'GITHUB_STEP_SUMMARY'] as const
  const [output, state, env, path, summary] = names.map((name) => join(folder, name.toLowerCase()))
  for (const name of names) await writeFile(join(folder, name.toLowerCase()), '')
  const files = {
    GITHUB_OUTPUT: output ?? '',
    GITHUB_STATE: state ?? '',
    GITHUB_ENV: env ?? '',
    GITHUB_PATH: path ?? '',
    GITHUB_STEP_SUMMARY: summary ?? '',
    RUNNER_TEMP: join(folder, 'temp'),
    GITHUB_WORKSPACE: join(folder, 'workspace'),
  }
  await mkdir(files.RUNNER_TEMP)
  await mkdir(files.GITHUB_WORKSPACE)
  for (const [name, text] of Object.entries(workspace)) {
    await mkdir(resolve(files.GITHUB_WORKSPACE, name, '..'), { recursive: true })
    await writeFile(join(files.GITHUB_WORKSPACE, name), text)
  }
  return files
}

interface PhaseOptions {
  readonly run: BundleRun
  readonly metadata: ActionMetadata
  readonly files: StepFiles
  readonly masker: Masker
  readonly script: string
  readonly state: Readonly<Record<string, string>>
}

async function runPhase({ run, metadata, files, masker, script, state }: PhaseOptions): Promise<Phase> {
  const started = performance.now()
  const [command, ...args] = [...(run.wrap ?? []), process.execPath, join(run.action, script)]
  const child = spawn(command ?? process.execPath, args, {
    cwd: files.GITHUB_WORKSPACE,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: files.RUNNER_TEMP,
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_REPOSITORY: 'acme/shop',
      GITHUB_RUN_ID: '4711',
      GITHUB_RUN_ATTEMPT: '1',
      GITHUB_JOB: 'deploy',
      GITHUB_SERVER_URL: 'https://github.com',
      RUNNER_OS: 'Linux',
      ...files,
      ...inputVariables(metadata, run.inputs ?? {}),
      ...Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value])),
      ...run.environment,
    },
  })
  const lines = await follow(child, { cancel: run.cancel ?? {}, masker, onLine: run.onLine, onStart: run.onStart })
  return { ...lines, exitCode: child.exitCode ?? undefined, signal: child.signalCode ?? undefined, milliseconds: performance.now() - started }
}

interface Following {
  readonly cancel: NonNullable<BundleRun['cancel']>
  readonly masker: Masker
  readonly onLine: BundleRun['onLine']
  readonly onStart: BundleRun['onStart']
}

async function follow(child: ChildProcess, { cancel, masker, onLine, onStart }: Following): Promise<Pick<Phase, 'log' | 'raw' | 'commands'>> {
  const reader = new CommandReader()
  const [log, commands]: [string[], Command[]] = [[], []]
  let [raw, rest] = ['', '']
  const timers: NodeJS.Timeout[] = []
  const stop = (ladder = cancel.ladder) => void timers.push(...climbLadder(child, ladder))
  onStart?.({ kill: (signal) => void child.kill(signal), cancel: stop })
  if (cancel.after !== undefined) timers.push(setTimeout(() => stop(), cancel.after))
  const take = (line: string) => {
    const command = reader.read(line)
    if (command?.name === 'add-mask') masker.add(command.data)
    if (command !== undefined) commands.push({ ...command, data: masker.mask(command.data) })
    else {
      log.push(masker.mask(line))
      onLine?.(masker.mask(line))
    }
  }
  const listen = (chunk: Buffer) => {
    const before = raw
    raw += chunk.toString('utf8')
    if (cancel.when !== undefined && raw.includes(cancel.when) && !before.includes(cancel.when)) stop()
    const lines = (rest + chunk.toString('utf8')).split(/\r\n|\r|\n/)
    rest = lines.pop() ?? ''
    lines.forEach(take)
  }
  child.stdout?.on('data', listen)
  child.stderr?.on('data', listen)
  await new Promise<void>((done, fail) => {
    child.on('error', fail)
    child.on('close', () => done())
  })
  for (const timer of timers) clearTimeout(timer)
  if (rest !== '') take(rest)
  return { log, raw, commands }
}

async function readFolder(folder: string): Promise<StepRecord['temporaryFiles']> {
  const names = (await readdir(folder)).toSorted()
  return await Promise.all(
    names.map(async (name) => ({ name, text: await readFile(join(folder, name), 'utf8'), mode: ((await stat(join(folder, name))).mode & 0o777).toString(8) })),
  )
}
