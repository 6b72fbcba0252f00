import { Fault } from '@fairlead/base'
import type { ImageReference } from '../reference.ts'
import { decodeAuth, type AuthEntry, type DockerConfig } from './docker-config.ts'

/** As whom we ask a registry. */
export type Login =
  | { readonly type: 'anonymous' }
  /** Somebody is signed in, and only a program that we do not start knows as whom: asked anonymously. */
  | { readonly type: 'helper'; readonly program: string }
  | { readonly type: 'password'; readonly user: string; readonly password: string }
  /** To be exchanged for access, where the registry gives out tokens. */
  | { readonly type: 'identity'; readonly token: string }

/** What people have written for Docker Hub, all of which docker login has accepted. */
const HUB_HOSTS: readonly string[] = ['docker.io', 'index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com']

/**
 * Picks the login for a repository. A key is a host with or without scheme and with or without `/v1/` or `/v2/`, and stands for all of it; with another path, as podman and
 * Kubernetes write it, for the repositories below that path alone, and the longest such path wins. Throws a Fault when the entry that is meant makes no sense.
 */
export function loginFor({ auths, helpers, store }: DockerConfig, repository: Pick<ImageReference, 'registry' | 'repository'>): Login {
  const fits = Object.entries(auths).flatMap(([key, entry]) => {
    const specificity = fit(key, repository)
    return specificity === undefined ? [] : [{ key, specificity, entry }]
  })
  for (const { key, entry } of fits.toSorted((one, other) => other.specificity - one.specificity)) {
    const login = loginOf(entry, key)
    if (login !== undefined) return login
  }
  const [, helper] = Object.entries(helpers).find(([key]) => fit(key, repository) !== undefined) ?? []
  const program = typeof helper === 'string' && helper !== '' ? helper : store
  return program === undefined ? { type: 'anonymous' } : { type: 'helper', program: /^[\w.-]{1,60}$/.test(program) ? program : 'of a strange name' }
}

/** Says as whom we ask, for the message of a refusal: `without credentials, since ...`. */
export function describeLogin(login: Login): string {
  switch (login.type) {
    case 'anonymous':
      return 'without credentials, since the docker config has none for it'
    case 'helper':
      return `without credentials, since the docker config leaves them to the credential helper "${login.program}", which Fairlead does not start`
    case 'password':
    case 'identity':
      return 'with the credentials of the docker config'
  }
}

/** What to do about a refusal. */
export function adviceFor(login: Login): string {
  if (login.type === 'password' || login.type === 'identity') return 'Give the account in the docker config read access to this repository, or sign in again.'
  return 'Sign in to the registry in an earlier step in a way that leaves the credentials in the docker config, as docker/login-action does.'
}

/** How closely a key fits: the length of its path, 0 for a whole host; undefined when it does not. */
function fit(key: string, { registry, repository }: Pick<ImageReference, 'registry' | 'repository'>): number | undefined {
  const [host = '', ...rest] = key
    .trim()
    .replace(/^https?:\/\//i, '')
    .split('/')
  if (normalHost(host) !== normalHost(registry)) return undefined
  const path = rest.filter((part) => part !== '').join('/')
  if (path === '' || path === 'v1' || path === 'v2') return 0
  return repository === path || repository.startsWith(`${path}/`) ? path.length : undefined
}

function normalHost(host: string): string {
  const lower = host.toLowerCase()
  return HUB_HOSTS.includes(lower) ? 'docker.io' : lower
}

/** Empty entries are what a credential helper leaves behind. */
function loginOf({ auth, username, password, identitytoken }: AuthEntry, key: string): Login | undefined {
  if (isText(identitytoken)) return { type: 'identity', token: identitytoken }
  if (isText(username) && isText(password)) return { type: 'password', user: username, password }
  if (!isText(auth)) return undefined
  const decoded = decodeAuth(auth)
  if (decoded !== undefined) return { type: 'password', ...decoded }
  throw new Fault(
    'ENVIRONMENT_MISSING',
    `the docker config is malformed, expected auths[${JSON.stringify(key)}].auth to be the base64 of user:password, got something else`,
    {
      hint: 'Sign in to the registry again.',
    },
  )
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
