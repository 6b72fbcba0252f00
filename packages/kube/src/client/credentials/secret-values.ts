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
