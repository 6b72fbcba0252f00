import { randomBytes } from 'node:crypto'
import { homedir, hostname, tmpdir } from 'node:os'
import { systemClock } from '@fairlead/base'
import { COMMANDS } from './commands/index.ts'
import type { Screen } from './machine.ts'
import { runOnTerminal } from './run-on-terminal.ts'

process.exitCode = await runOnTerminal(COMMANDS, {
  arguments: process.argv.slice(2),
  environment: process.env,
  folder: process.cwd(),
  home: homedir(),
  temporaryFolder: tmpdir(),
  name: hostname(),
  mark: randomBytes(4).toString('hex'),
  clock: systemClock,
  output: screenOf(process.stdout),
  errors: screenOf(process.stderr),
  onSignal(listener) {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => listener(signal))
  },
  exit: (code) => process.exit(code),
})

function screenOf(stream: NodeJS.WriteStream): Screen {
  // Somebody who has stopped reading must not end a deployment in the middle.
  stream.on('error', () => undefined)
  return {
    isTerminal: stream.isTTY,
    // One that was never told its size answers 0.
    columns: () => (stream.columns > 0 ? stream.columns : 80),
    write: (text) => void stream.write(text),
  }
}
