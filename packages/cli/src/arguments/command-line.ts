import { invalidInputs } from '@fairlead/action'
import { parseArgs } from 'node:util'
import type { Command } from '../commands/command.ts'
import { flagsOf } from './flags.ts'
import { nearest } from './nearest.ts'
import { readTokens } from './tokens.ts'

/** What somebody has typed, understood. */
export type CommandLine =
  | { readonly type: 'help'; readonly command?: Command }
  | { readonly type: 'version' }
  | {
      readonly type: 'run'
      readonly command: Command
      /** The text of every input that was given, by its name. */
      readonly values: ReadonlyMap<string, string>
    }

/** Reads the arguments of the process. Throws INPUT_INVALID with all that is wrong with them; what an input may say is for its own schema. */
export function readCommandLine(args: readonly string[], commands: readonly Command[]): CommandLine {
  const [first, ...rest] = args
  if (first === '--version' || first === 'version') return { type: 'version' }
  if (first === '--help' || first === '-h' || first === 'help') return helpOn(rest, commands)
  const command = find(first, commands)
  const { tokens } = parseArgs({ args: rest, options: flagsOf(command.inputs), strict: false, allowPositionals: true, tokens: true })
  const beforeEnd = tokens.filter((token) => token.kind === 'option')
  if (beforeEnd.some(({ name }) => name === 'help')) return { type: 'help', command }
  if (beforeEnd.some(({ name }) => name === 'version')) return { type: 'version' }
  return { type: 'run', command, values: readTokens(tokens, command) }
}

function helpOn([name]: readonly string[], commands: readonly Command[]): CommandLine {
  return name === undefined || name.startsWith('-') ? { type: 'help' } : { type: 'help', command: find(name, commands) }
}

function find(name: string | undefined, commands: readonly Command[]): Command {
  const names = commands.map((command) => command.name)
  const hint = `The commands are ${names.join(', ')}: see \`fairlead help\`.`
  if (name === undefined) throw invalidInputs([{ message: 'expected a command, got none', hint }])
  const found = commands.find((command) => command.name === name)
  if (found !== undefined) return found
  if (name.startsWith('-')) throw invalidInputs([{ message: `expected a command first, got the flag ${name}`, hint }])
  const near = nearest(name, names)
  throw invalidInputs([{ message: `command ${JSON.stringify(name)} is unknown${near === undefined ? '' : `, the nearest is ${near}`}`, hint }])
}
