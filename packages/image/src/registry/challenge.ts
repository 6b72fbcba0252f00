/** One way of signing in that a server offers in `WWW-Authenticate`. */
export interface Challenge {
  /** In lower case: `bearer`, `basic`. */
  readonly scheme: string
  /** Names in lower case. */
  readonly parameters: Readonly<Record<string, string>>
}

const WORD = /(?:(?<scheme>[A-Za-z][A-Za-z0-9-]*)[ \t]+(?=[\w-]+[ \t]*=))|(?<name>[\w-]+)[ \t]*=[ \t]*(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<plain>[^\s,"]+))/g

/** Reads a `WWW-Authenticate` header, several of which may have been joined. Schemes without parameters are of no use here and left out. */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = []
  for (const { groups = {} } of header.matchAll(WORD)) {
    const { scheme, name, quoted, plain = '' } = groups
    if (scheme !== undefined) challenges.push({ scheme: scheme.toLowerCase(), parameters: {} })
    else if (name !== undefined) Object.assign(challenges.at(-1)?.parameters ?? {}, { [name.toLowerCase()]: quoted?.replaceAll(/\\(.)/g, '$1') ?? plain })
  }
  return challenges
}
