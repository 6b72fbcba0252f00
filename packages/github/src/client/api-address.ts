import { Fault } from '@fairlead/base'

/** Where github.com answers. */
const PUBLIC = 'https://api.github.com'

/** What to do when it is not GitHub that answers there. */
export const CHECK_ADDRESS = 'Check that `GITHUB_API_URL` is the REST API of GitHub, and that no proxy answers in its place.'

/** The address of the REST API that `GITHUB_API_URL` names. Throws ENVIRONMENT_MISSING for one that a token must not be sent to: only HTTPS, or this machine itself. */
export function apiAddress({ GITHUB_API_URL: given = '' }: Readonly<Record<string, string | undefined>>): URL {
  const url = URL.parse(given.trim() === '' ? PUBLIC : given.trim())
  if (url !== null && url.username === '' && url.password === '' && (url.protocol === 'https:' || isThisMachine(url))) return bare(url)
  const got = url === null ? 'no URL' : `${url.protocol}//${url.host}`
  throw new Fault('ENVIRONMENT_MISSING', `GITHUB_API_URL is wrong, expected https://<host>/api/v3 or ${PUBLIC}, got ${got}`, {
    hint: 'Let the runner set `GITHUB_API_URL`; a token goes over HTTPS only.',
  })
}

function bare(url: URL): URL {
  return Object.assign(new URL(url), { search: '', hash: '' })
}

function isThisMachine({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && (/^127(?:\.\d+){3}$/.test(hostname) || hostname === '[::1]')
}
