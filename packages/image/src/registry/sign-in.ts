import { Fault, type HttpResponse } from '@fairlead/base'
import { isLoopback } from './address.ts'
import { parseChallenges, type Challenge } from './challenge.ts'
import { refusal } from './refusal.ts'
import { adviceFor, describeLogin, type Login } from './login.ts'
import type { Patience, Wire } from './wire.ts'

/** Who wants to read what of which registry. */
export interface Applicant {
  /** Where the registry answers. */
  readonly base: URL
  readonly repository: string
  readonly login: Login
}

export interface Means {
  readonly wire: Wire
  readonly patience: Patience
  readonly mask: (secret: string) => void
}

/**
 * Answers the `Authorization` that a registry's 401 asks for: `Basic`, or a token that may only pull this one repository.
 *
 * Credentials go to the registry they are kept for, or to the one token server that it names over its own trusted connection, and never in the clear to another machine.
 * Throws ACCESS_DENIED when they are refused or there are none.
 */
export async function signIn(header: string, applicant: Applicant, means: Means): Promise<string> {
  const challenges = parseChallenges(header)
  const bearer = challenges.find(({ scheme, parameters }) => scheme === 'bearer' && parameters['realm'] !== undefined)
  if (bearer !== undefined) return await signInForToken(bearer, applicant, means)
  const { login } = applicant
  if (challenges.some(({ scheme }) => scheme === 'basic')) {
    if (login.type === 'password') return basic(login, means.mask)
    throw denied('it wants a user and a password', login)
  }
  throw denied('it answers 401 and offers no way to sign in that we know', login)
}

async function signInForToken({ parameters }: Challenge, applicant: Applicant, means: Means): Promise<string> {
  const realm = realmOf(parameters['realm'] ?? '', applicant.base)
  const fields = { ...(parameters['service'] === undefined ? {} : { service: parameters['service'] }), scope: `repository:${applicant.repository}:pull` }
  const response = await askForToken({ realm, fields, applicant }, means)
  if (response.status !== 200) throw refusal(`its token server ${realm.host}`, response, applicant.login)
  const token = tokenOf(response.body)
  if (token === undefined) {
    throw new Fault('UNSUPPORTED', `its token server ${realm.host} gives no token, expected JSON with a token, got something else`, {
      hint: 'Check that the registry and its token server are set up as one.',
    })
  }
  means.mask(token)
  return `Bearer ${token}`
}

interface TokenQuestion {
  readonly realm: URL
  readonly fields: Readonly<Record<string, string>>
  readonly applicant: Applicant
}

function askForToken({ realm, fields, applicant: { login } }: TokenQuestion, { wire, patience, mask }: Means): Promise<HttpResponse> {
  if (login.type === 'identity') {
    const body = new URLSearchParams({ ...fields, grant_type: 'refresh_token', client_id: 'fairlead', refresh_token: login.token }).toString()
    return wire.send({ method: 'POST', url: realm, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body }, patience)
  }
  const url = new URL(realm)
  for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value)
  const headers = login.type === 'password' ? { authorization: basic(login, mask) } : {}
  return wire.send({ url, headers }, patience)
}

/** Only a registry of this machine may name a token server that speaks plain HTTP, and only one of this machine, too. */
function realmOf(text: string, base: URL): URL {
  const realm = URL.parse(text)
  if (realm !== null && isSafe(realm, base) && realm.username === '' && realm.password === '') return realm
  const got = realm === null ? 'no URL' : `${realm.protocol}//${realm.host}`
  throw new Fault('UNSUPPORTED', `it names a token server that nobody can trust, expected an https:// address, got ${got}`, {
    hint: 'Have the registry name its token server by an https:// address.',
  })
}

function isSafe(realm: URL, base: URL): boolean {
  return realm.protocol === 'https:' || (realm.protocol === 'http:' && isLoopback(realm) && isLoopback(base))
}

function tokenOf(body: string): string | undefined {
  try {
    const answer = JSON.parse(body) as { readonly token?: unknown; readonly access_token?: unknown } | null
    const token = [answer?.token, answer?.access_token].find((each) => typeof each === 'string' && each !== '')
    return typeof token === 'string' && /^[\u0021-\u007E]+$/.test(token) ? token : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function basic({ user, password }: Extract<Login, { readonly type: 'password' }>, mask: (secret: string) => void): string {
  const encoded = Buffer.from(`${user}:${password}`).toString('base64')
  mask(encoded)
  return `Basic ${encoded}`
}

function denied(words: string, login: Login): Fault {
  return new Fault('ACCESS_DENIED', `${words}, and was asked ${describeLogin(login)}`, { hint: adviceFor(login) })
}
