import { existsSync } from 'node:fs'
import { runProgram } from '../src/client/program.ts'
import { testHost } from './test-host.ts'

// A process of its own, to see whether it ends: starts a program that hangs, gives it up as soon as the program has written a file, and prints why it ended.
const [command = '', written = ''] = process.argv.slice(2)
const stop = new AbortController()
const host = testHost({ environment: process.env, signal: stop.signal })
const running = runProgram({ command, arguments: [], timeout: 60_000, limit: 1_000 }, host)
const look = setInterval(() => {
  if (!existsSync(written)) return
  clearInterval(look)
  stop.abort(new Error('stopped'))
}, 20)
const end = await running.then(
  ({ type }) => type,
  (error: unknown) => (error instanceof Error ? error.message : String(error)),
)
process.stdout.write(`${end}\n`)
