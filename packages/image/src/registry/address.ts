import { Fault } from '@fairlead/base'
import { isIPv4 } from 'node:net'

/** Where Docker Hub answers. */
const HUB = 'registry-1.docker.io'

/** The address of a registry; always HTTPS. Throws a Fault for what no connection can be made to, such as port 99999. */
export function addressOf(registry: string): URL {
  const url = URL.parse(`https://${registry === 'docker.io' ? HUB : registry}`)
  if (url !== null) return url
  throw new Fault('INPUT_INVALID', `no connection can be made to "${registry}", expected a host with an optional port`, {
    hint: 'Correct the host of the image.',
  })
}

/** Tells whether a URL names this very machine: `localhost`, 127.0.0.0/8 or ::1. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || isLoopbackAddress(hostname.replace(/^\[|\]$/g, ''))
}

/** The same for a literal address. */
export function isLoopbackAddress(address: string): boolean {
  return address === '::1' || (isIPv4(address) && address.startsWith('127.'))
}
