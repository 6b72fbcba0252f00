import { Fault, type Host } from '@fairlead/base'
import { dirname, isAbsolute, resolve } from 'node:path'
import { runProgram } from '../program.ts'

/** A program that prints credentials. */
export interface CredentialProgram {
  readonly command: string
  readonly arguments: readonly string[]
  /** The kubeconfig it is named in: a command with a slash begins there. */
  readonly file: string | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly timeout: number
  /** What to say when it is not installed. */
  readonly installHint: string | undefined
}

const MOST_BYTES = 1024 * 1024

/** Runs a credential program and answers what it printed. A failure carries what it wrote to stderr; stdout, which may be half a token, never leaves here. */
export async function runCredentialProgram(program: CredentialProgram, host: Host): Promise<string> {
  const { arguments: words, environment, timeout } = program
  const end = await runProgram({ command: commandOf(program), arguments: words, environment, timeout, limit: MOST_BYTES }, host)
  switch (end.type) {
    case 'done':
      return end.output
    case 'unstartable':
      throw unstartable(program, end)
    case 'failed':
      throw failed(program, `${end.got}: ${end.words || 'no word on stderr'}`)
    case 'broken':
      throw failed(program, end.words === '' ? end.got : `${end.got}: ${end.words}`)
  }
}

function commandOf({ command, file }: CredentialProgram): string {
  return file === undefined || isAbsolute(command) || !/[/\\]/.test(command) ? command : resolve(dirname(file), command)
}

function unstartable({ command, installHint }: CredentialProgram, { got, cause }: { readonly got: string; readonly cause: Error }): Fault {
  const hint = installHint ?? `Install ${command} in a step before this one.`
  return new Fault('ENVIRONMENT_MISSING', `kubeconfig: the program ${command} cannot be started, expected it on PATH, got ${got}`, { cause, hint })
}

function failed({ command }: CredentialProgram, got: string): Fault {
  return new Fault('ACCESS_DENIED', `kubeconfig: the program ${command} gave no credentials, got ${got}`, {
    hint: `Run ${command} by hand with the same environment to see why.`,
  })
}
