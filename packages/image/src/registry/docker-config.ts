import { Fault, type Host } from '@fairlead/base'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** One entry of `auths`, as it stands there; nothing in it is checked yet. */
export type AuthEntry = Readonly<Record<string, unknown>>

/** What the docker config of this job says about registries. */
export interface DockerConfig {
  readonly auths: Readonly<Record<string, AuthEntry>>
  /** Programs by registry. */
  readonly helpers: Readonly<Record<string, unknown>>
  /** The program for all other registries. */
  readonly store?: string
}

/** Shorter ones would blot out ordinary words of the log. */
const SHORTEST_SECRET = 6

/** Reads the docker config and masks every secret in it. Without one nobody is signed in anywhere; one that cannot be read is a Fault. */
export async function readDockerConfig(host: Host): Promise<DockerConfig> {
  const file = configFile(host.environment)
  const text = file === undefined ? undefined : await readOrAbsent(file)
  if (file === undefined || text === undefined) return { auths: {}, helpers: {} }
  const config = parseConfig(text, file)
  for (const entry of Object.values(config.auths)) maskEntry(host, entry)
  return config
}

/** The user and the password in an entry's `auth`, or undefined when it is no base64 of both. */
export function decodeAuth(auth: string): { readonly user: string; readonly password: string } | undefined {
  if (!/^[A-Za-z0-9+/_=-]+$/.test(auth.trim())) return undefined
  const [, user, password] = /^([^:]+):(.*)$/s.exec(Buffer.from(auth, 'base64').toString('utf8')) ?? []
  // Some tools fill the password up with zeros.
  return user === undefined || password === undefined ? undefined : { user, password: password.replace(/\0+$/, '') }
}

function configFile({ DOCKER_CONFIG, HOME }: Host['environment']): string | undefined {
  if (given(DOCKER_CONFIG)) return join(DOCKER_CONFIG, 'config.json')
  return given(HOME) ? join(HOME, '.docker', 'config.json') : undefined
}

function given(value: string | undefined): value is string {
  return value !== undefined && value !== ''
}

async function readOrAbsent(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new Fault('ENVIRONMENT_MISSING', `the docker config "${file}" cannot be read: ${code ?? 'unknown error'}`, { hint: READABLE, cause })
  }
}

const READABLE = 'Make the docker config a JSON file that this job can read, or remove it.'

function parseConfig(text: string, file: string): DockerConfig {
  const config = parseJson(text)
  const { auths = {}, credHelpers: helpers = {}, credsStore: store } = isRecord(config) ? config : {}
  if (!isRecord(config)) throw malformed(file, 'expected a JSON object, got something else')
  if (!isRecord(auths) || !Object.values(auths).every(isRecord)) throw malformed(file, 'expected auths to be a map of maps, got something else')
  if (!isRecord(helpers)) throw malformed(file, 'expected credHelpers to be a map, got something else')
  return { auths: auths as DockerConfig['auths'], helpers, ...(typeof store === 'string' && store !== '' ? { store } : {}) }
}

/** The parser's own message would quote the file, which holds secrets. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    return undefined
  }
}

function malformed(file: string, words: string): Fault {
  return new Fault('ENVIRONMENT_MISSING', `the docker config "${file}" is malformed, ${words}`, { hint: READABLE })
}

function maskEntry(host: Host, { auth, password, identitytoken, registrytoken }: AuthEntry): void {
  const decoded = typeof auth === 'string' ? decodeAuth(auth)?.password : undefined
  for (const secret of [auth, decoded, password, identitytoken, registrytoken]) {
    if (typeof secret === 'string' && secret.trim().length >= SHORTEST_SECRET) host.mask(secret.trim())
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
