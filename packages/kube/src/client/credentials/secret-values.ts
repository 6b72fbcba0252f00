import type { Host } from '@fairlead/base'

/** Shorter ones would blot out ordinary words of the log. */
const SHORTEST = 6
/** The lines of a key are secret one by one; its last may be too short to be. */
const SHORTEST_LINE = 16

/** Masks one secret value, as it is and as a Secret's data would show it. */
export function maskSecret(host: Host, value: string | undefined): void {
  const secret = value?.trim() ?? ''
  if (secret.length < SHORTEST) return
  host.mask(secret)
  host.mask(Buffer.from(secret).toString('base64'))
}

/** Masks a private key line by line, since that is how a log would show it; never the lines that begin and end every key. */
export function maskKey(host: Host, pem: string | undefined): void {
  if (pem === undefined) return
  const lines = pem.split(/\r?\n/).map((line) => line.trim())
  for (const line of lines) if (line.length >= SHORTEST_LINE && !line.startsWith('-----')) host.mask(line)
  host.mask(Buffer.from(pem).toString('base64'))
}

const SECRET_OPTION = /^--?(?:[\w.-]*[-_.])?(?:secret|token|password|passwd|passphrase|pass|key|credentials?|assertion)(?:=(?<value>.*))?$/is

/** The values among a command's arguments whose options say that they are secret: `--client-secret=…`, `--token …`. */
export function secretWords(words: readonly string[]): readonly string[] {
  return words.flatMap((word, index) => {
    const option = SECRET_OPTION.exec(word)
    if (option === null) return []
    const value = option.groups?.['value'] ?? words[index + 1]
    return value === undefined || value.startsWith('--') ? [] : [value]
  })
}
