import type { Input } from '@fairlead/action'
import { flagWords } from './arguments/flag-words.ts'
import { positionalOf } from './arguments/flags.ts'
import type { Command } from './commands/command.ts'
import { EXIT_CODES } from './exit-code.ts'

const WIDTH = 80
const INDENT = '      '

/** What is otherwise here than on a runner. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  kubeconfig: 'The path of a kubeconfig, or its content. Absent, `KUBECONFIG`, then `~/.kube/config`, then the account of the Pod it runs in.',
}

/** What `fairlead help` prints. */
export function overview(commands: readonly Command[]): readonly string[] {
  const widest = Math.max(...commands.map(({ name }) => name.length))
  return [
    'Takes a release to production on Kubernetes and back: never moves traffic without proof.',
    '',
    'Usage: fairlead <command> [app...] [flags]',
    '',
    'Commands:',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(widest)}  ${summary}`),
    '',
    'The cluster is found as kubectl finds it: --kubeconfig, KUBECONFIG,',
    '~/.kube/config, then the account of the Pod it runs in.',
    '',
    'On a terminal it shows what happens; anywhere else, and with --json, it prints',
    'one JSON document at the end and the progress on standard error.',
    '',
    ...exitCodes(),
    '',
    'fairlead <command> --help tells the flags of a command.',
  ]
}

/** What `fairlead <command> --help` prints, from the schema of its inputs. */
export function helpFor(command: Command): readonly string[] {
  const { name, description, inputs } = command
  const positional = positionalOf(command)
  return [
    ...wrap(flagWords(description, inputs), ''),
    '',
    `Usage: fairlead ${name}${positional === undefined ? '' : ` [${positional}...]`} [flags]`,
    '',
    'Flags (one that takes several values is given several times):',
    ...Object.entries(inputs).flatMap(([input, spec]) => flagLines(input, spec, command)),
    '  --json',
    ...wrap('Prints one JSON document at the end, on a terminal too.', INDENT),
    '',
    ...exitCodes(),
  ]
}

function flagLines(name: string, input: Input, { inputs }: Command): readonly string[] {
  const given = input.default === undefined || input.type === 'flag' ? '' : ` (${input.default})`
  const short = name === 'namespace' ? '-n, ' : ''
  return [`  ${short}--${name}${placeholder(input)}${given}`, ...wrap(flagWords(DESCRIPTIONS[name] ?? input.description, inputs), INDENT)]
}

function placeholder(input: Input): string {
  switch (input.type) {
    case 'flag':
      return ''
    case 'choice':
      return ` ${input.options.join('|')}`
    case 'duration':
      return ' <duration>'
    case 'lines':
      return ' <text>...'
    case 'yaml':
      return ' <yaml>'
    case 'text':
      return ' <text>'
  }
}

function exitCodes(): readonly string[] {
  return ['Exit codes:', ...EXIT_CODES.flatMap(([code, meaning]) => wrap(meaning, '       ', `  ${String(code).padEnd(5)}`))]
}

/** Breaks a text into lines; the first may begin with something else than the others, of the same width. */
function wrap(text: string, indent: string, first = indent): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + word.length >= WIDTH) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].map((each, index) => `${index === 0 ? first : indent}${each}`)
}
