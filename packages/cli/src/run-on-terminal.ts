import { Redaction, reportFault, type Report } from '@fairlead/action'
import { Fault, SUITE, toFault } from '@fairlead/base'
import { readCommandLine, type CommandLine } from './arguments/command-line.ts'
import { inFlagWords } from './arguments/flag-words.ts'
import type { Command } from './commands/command.ts'
import { cancelledBy, exitCodeOf } from './exit-code.ts'
import { helpFor, overview } from './help.ts'
import { hostOf } from './host.ts'
import type { Machine, StopSignal } from './machine.ts'
import { openView, type View } from './view/index.ts'

/**
 * Runs the command that the arguments name and answers the exit code of the process. Never throws.
 *
 * A person at a terminal gets a view of what happens, everybody else one JSON document on the output and the progress on the errors.
 * The first signal asks the command to stop in order, the second ends the process at once.
 */
export async function runOnTerminal(commands: readonly Command[], machine: Machine): Promise<number> {
  const redaction = new Redaction()
  const view = openView(machine, { json: machine.arguments.includes('--json') })
  try {
    const line = readCommandLine(machine.arguments, commands)
    return line.type === 'run' ? await runCommand(line, machine, { view, redaction }) : tell(line, commands, machine)
  } catch (error) {
    return finish(reportFault('fairlead', toFault(error)), { view, redaction })
  }
}

interface Telling {
  readonly view: View
  readonly redaction: Redaction
}

function tell(line: Exclude<CommandLine, { type: 'run' }>, commands: readonly Command[], { output }: Machine): number {
  if (line.type === 'version') output.write(`${SUITE.version}\n`)
  else output.write(`${(line.command === undefined ? overview(commands) : helpFor(line.command)).join('\n')}\n`)
  return 0
}

async function runCommand({ command, values }: Extract<CommandLine, { type: 'run' }>, machine: Machine, telling: Telling): Promise<number> {
  const { view, redaction } = telling
  const stop = listen(machine, view)
  const host = await hostOf(machine, { signal: stop.signal, mask: (secret) => void redaction.add(secret) })
  const report = await command.run({ host, read: (name) => values.get(name), print: (line) => view.say(redaction.clean(line)) })
  const code = finish(inFlagWords(report, command.inputs), { ...telling, stop })
  // Whatever was given up may still wait for an answer, and nobody waits for it.
  if (stop.by() !== undefined) machine.exit(code)
  return code
}

function finish(report: Report, { view, redaction, stop }: Telling & { readonly stop?: Stop }): number {
  const clean = redaction.cleanAll(report)
  view.end(clean)
  return exitCodeOf(clean, stop?.by())
}

interface Stop {
  readonly signal: AbortSignal
  by(): StopSignal | undefined
}

/** The first signal asks to stop in order, the second ends the process. */
function listen(machine: Machine, view: View): Stop {
  const controller = new AbortController()
  let first: StopSignal | undefined
  machine.onSignal((signal) => {
    if (first !== undefined) return machine.exit(cancelledBy(signal))
    first = signal
    view.note(`${signal}: stopping in order; once more ends at once`)
    controller.abort(new Fault('CANCELLED', `stopped by ${signal}`))
  })
  return { signal: controller.signal, by: () => first }
}
