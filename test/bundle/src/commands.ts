/** A workflow command as the runner understood it. */
export interface Command {
  readonly name: string
  readonly properties: Readonly<Record<string, string>>
  readonly data: string
}

const KNOWN = new Set([
  'set-output',
  'save-state',
  'add-mask',
  'add-matcher',
  'remove-matcher',
  'debug',
  'warning',
  'error',
  'notice',
  'group',
  'endgroup',
  'echo',
])

/**
 * Reads a line as the runner's `ActionCommand.cs` does: `::name k=v::data` after blanks at its beginning, or `##[name k=v;]data` anywhere in it.
 * Answers undefined for what the runner would print as it is.
 */
export function parseCommand(line: string): Command | undefined {
  return parseColons(line) ?? parseBrackets(line)
}

/** Follows a log line by line, honouring stop-commands: between the command and its token nothing is a command. */
export class CommandReader {
  #token: string | undefined

  read(line: string): Command | undefined {
    if (this.#token !== undefined) {
      if (line.trim() === `::${this.#token}::`) this.#token = undefined
      return undefined
    }
    const stop = /^\s*::stop-commands::(.+)$/.exec(line)
    if (stop !== null) {
      this.#token = stop[1]
      return undefined
    }
    return parseCommand(line)
  }
}

function parseColons(line: string): Command | undefined {
  const match = /^\s*::([^\s:]+)(?:\s+(.*?))?::(.*)$/s.exec(line)
  return match === null ? undefined : command(match[1], { properties: match[2] ?? '', separator: ',' }, match[3] ?? '')
}

function parseBrackets(line: string): Command | undefined {
  const match = /##\[([^\s\]]+)(?:\s+([^\]]*))?\](.*)$/s.exec(line)
  return match === null ? undefined : command(match[1], { properties: match[2] ?? '', separator: ';' }, match[3] ?? '')
}

function command(name = '', { properties, separator }: { properties: string; separator: string }, data: string): Command | undefined {
  if (!KNOWN.has(name.toLowerCase())) return undefined
  const pairs = properties.split(separator).flatMap((part): [string, string][] => {
    const at = part.indexOf('=')
    return at < 0 ? [] : [[part.slice(0, at).trim(), unescapeProperty(part.slice(at + 1))]]
  })
  return { name: name.toLowerCase(), properties: Object.fromEntries(pairs), data: unescapeData(data) }
}

function unescapeData(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%')
}

function unescapeProperty(text: string): string {
  return unescapeData(text.replaceAll('%3A', ':').replaceAll('%2C', ','))
}
