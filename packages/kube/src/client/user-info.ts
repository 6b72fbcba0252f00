import type { Host } from '@fairlead/base'
import { maskSecret } from './credentials/secret-values.ts'

/**
 * An address without the user and password in it; as it was written when it has none. Where a second @ leaves open what belongs to the password, and of what is no
 * address at all, everything before the last @ goes.
 */
export function withoutUser(address: string): string {
  if (/^\/(?!\/)/.test(address)) return address
  const url = URL.parse(address)
  if (url === null || url.host === '') return afterLastAt(address)
  if (url.username === '' && url.password === '') return address
  const { protocol, host, pathname, search, hash } = url
  if (`${pathname}${search}${hash}`.includes('@')) return afterLastAt(address)
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}${search}`
}

function afterLastAt(address: string): string {
  return address.replace(/^((?:[a-z][a-z0-9+.-]*:)?\/\/)?.*@/is, '$1')
}

/** Masks what is secret in the user information of an address, in every way it may be printed. A user without a password is a token. */
export function maskUser(host: Host, address: string | undefined): void {
  if (address === undefined) return
  const url = URL.parse(address)
  const [, user = '', password] = /^(?:(?:[a-z][a-z0-9+.-]*:)?\/\/)?([^:@/]*)(?::(.*))?@/is.exec(address) ?? []
  const parsed = url === null || url.password === '' ? url?.username : url.password
  for (const secret of new Set([parsed, password ?? user].flatMap((each) => (each === undefined ? [] : [each, decoded(each)])))) maskSecret(host, secret)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    if (error instanceof URIError) return text
    throw error
  }
}
