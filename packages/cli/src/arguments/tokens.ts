import { invalidInputs } from '@fairlead/action'
import type { Problem } from '@fairlead/base'
import type { Command } from '../commands/command.ts'
import { flagsOf, OWN_FLAGS, positionalOf, type Flag } from './flags.ts'
import { nearest } from './nearest.ts'

/** A piece of the command line as `parseArgs` cuts it. */
export type Token =
  | { readonly kind: 'option'; readonly name: string; readonly rawName: string; readonly value: string | undefined; readonly inlineValue: boolean | undefined }
  | { readonly kind: 'positional'; readonly value: string }
  | { readonly kind: 'option-terminator' }

type Option = Extract<Token, { kind: 'option' }>

interface Given {
  readonly name: string
  readonly value: string
}

/** Takes the text of every input out of the tokens: lines given in several flags are put together. Throws INPUT_INVALID with everything that is wrong. */
export function readTokens(tokens: readonly Token[], command: Command): ReadonlyMap<string, string> {
  const flags = flagsOf(command.inputs)
  const options = tokens.filter((token) => token.kind === 'option')
  const problems = [...options.flatMap((option) => problemOf(option, flags, command)), ...strayValues(tokens, flags), ...repeated(options, flags)]
  // The value of a flag nobody knows stands there as an argument of its own.
  const named = problems.length > 0 ? [] : positionals(tokens, command)
  if (problems.length > 0) throw invalidInputs(problems)
  const given = [...named, ...options.filter(({ name }) => !Object.hasOwn(OWN_FLAGS, name)).map(({ name, value = 'true' }) => ({ name, value }))]
  return new Map([...Map.groupBy(given, ({ name }) => name)].map(([name, group]) => [name, group.map(({ value }) => value).join('\n')]))
}

function problemOf({ name, rawName, value, inlineValue }: Option, flags: Readonly<Record<string, Flag>>, command: Command): readonly Problem[] {
  const flag = Object.hasOwn(flags, name) ? flags[name] : undefined
  if (flag === undefined) return [unknownFlag(rawName, flags, command)]
  if (flag.type === 'boolean') return []
  if (value === undefined || value === '')
    return [{ message: `flag ${rawName}: expected a value, got nothing`, hint: `Write ${rawName} <value>, or leave it out.` }]
  if (inlineValue === true || !/^--?[A-Za-z]/.test(value)) return []
  return [{ message: `flag ${rawName}: expected a value, got what looks like the flag ${value}`, hint: `Write ${rawName}=${value} if it is meant.` }]
}

function unknownFlag(rawName: string, flags: Readonly<Record<string, Flag>>, { name }: Command): Problem {
  const near = rawName.startsWith('--') ? nearest(rawName.slice(2), Object.keys(flags)) : undefined
  return {
    message: `flag ${rawName} is unknown to ${name}${near === undefined ? '' : `, the nearest is --${near}`}`,
    hint: `See \`fairlead ${name} --help\`.`,
  }
}

/** `--dry-run false` would be a dry run of an app named false. */
function strayValues(tokens: readonly Token[], flags: Readonly<Record<string, Flag>>): readonly Problem[] {
  return tokens.flatMap((token, index) => {
    const next = tokens[index + 1]
    const isStray = next?.kind === 'positional' && (next.value === 'true' || next.value === 'false')
    if (token.kind !== 'option' || flags[token.name]?.type !== 'boolean' || token.inlineValue === true || !isStray) return []
    return [{ message: `flag ${token.rawName}: expected nothing behind it, got ${next.value}`, hint: `Write ${token.rawName}=${next.value}.` }]
  })
}

function repeated(options: readonly Option[], flags: Readonly<Record<string, Flag>>): readonly Problem[] {
  const known = options.filter(({ name }) => Object.hasOwn(flags, name) && flags[name]?.multiple !== true && !Object.hasOwn(OWN_FLAGS, name))
  const groups = [...Map.groupBy(known, ({ name }) => name)].filter(([, group]) => group.length > 1)
  return groups.map(([name, group]) => ({ message: `flag --${name}: expected it once, got it ${group.length} times` }))
}

function positionals(tokens: readonly Token[], command: Command): readonly Given[] {
  const values = tokens.filter((token) => token.kind === 'positional').map(({ value }) => value)
  const [first] = values
  if (first === undefined) return []
  const name = positionalOf(command)
  if (name === undefined) throw invalidInputs([{ message: `${command.name}: expected flags only, got ${JSON.stringify(first)}` }])
  return values.map((value) => ({ name, value }))
}
