import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { lastLines } from '../machine/program.ts'

/** A long-running program of the bed, as it is to be started. */
export interface Component {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

/** How a component ended: never expected while the bed is up. */
export interface Ending {
  readonly component: Component
  /** For instance `exit code 1` or `signal SIGKILL`. */
  readonly how: string
  /** The last lines of its log. */
  readonly log: string
}

/**
 * Starts a component with a log file of its own and gives its pid. `onEnd` is called once, however it ends, also when
 * it could not be started at all. Nothing is restarted.
 */
export function startComponent(component: Component, logs: string, onEnd: (ending: Ending) => void): number {
  const file = join(logs, `${component.name}.log`)
  const log = openSync(file, 'a')
  const child = spawn(component.command, component.args, {
    cwd: '/',
    env: { ...componentEnvironment(process.env), ...component.environment },
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  child.once('error', (error) => onEnd({ component, how: error.message, log: tail(file) }))
  child.once('exit', (code, signal) => onEnd({ component, how: signal === null ? `exit code ${code}` : `signal ${signal}`, log: tail(file) }))
  return child.pid ?? 0
}

/** The last lines of a log file, indented, or a remark that there are none. */
export function tail(file: string, count = 15): string {
  let text = ''
  try {
    text = readFileSync(file, 'utf8').trimEnd()
  } catch {
    return `  (${file} cannot be read)`
  }
  if (text === '') return `  (${file} is empty)`
  return lastLines(text, count)
    .split('\n')
    .map((line) => `  | ${line}`)
    .join('\n')
}

/** Components talk to each other only: a proxy set for the machine must not come between them. */
export function componentEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const outside = /^(https?_proxy|no_proxy|all_proxy|KUBECONFIG|NODE_OPTIONS|GODEBUG)$/i
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !outside.test(name)))
}
