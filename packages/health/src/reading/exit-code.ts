/** Names of the signals with which containers end. */
const SIGNALS: ReadonlyMap<number, string> = new Map([
  [1, 'SIGHUP'],
  [2, 'SIGINT'],
  [3, 'SIGQUIT'],
  [4, 'SIGILL'],
  [6, 'SIGABRT'],
  [7, 'SIGBUS'],
  [8, 'SIGFPE'],
  [9, 'SIGKILL'],
  [11, 'SIGSEGV'],
  [13, 'SIGPIPE'],
  [15, 'SIGTERM'],
])

const MEANINGS: ReadonlyMap<number, string> = new Map([
  [0, 'it ended without an error, but is expected to keep running'],
  [126, 'the command cannot be executed'],
  [127, 'the command was not found'],
  [137, 'it was killed'],
  [139, 'it accessed memory it must not'],
  [143, 'it was asked to stop'],
])

/** Writes an exit code with its signal and what it usually means: `137 (SIGKILL: it was killed)`. */
export function exitCodeText(code: number): string {
  const words = [SIGNALS.get(code - 128), MEANINGS.get(code)].filter((word) => word !== undefined)
  return words.length === 0 ? String(code) : `${code} (${words.join(': ')})`
}
