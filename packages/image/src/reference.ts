import { Fault } from '@fairlead/base'

/** A parsed reference to an image, in the normal form of Docker and containerd. */
export interface ImageReference {
  /** Host and port; `docker.io` for Docker Hub. */
  readonly registry: string
  /** The path without the registry: `library/nginx`. */
  readonly repository: string
  readonly tag?: string
  /** `sha256:<64 hex>`. Wins over the tag, which is then for people. */
  readonly digest?: string
  /** The name as it was written, where that is not the shortest way: `docker.io/library/nginx`. Some container runtimes take it for another than `nginx`. */
  readonly written?: string
}

const HUB = 'docker.io'
const OLD_HUB = 'index.docker.io'
const OFFICIAL = 'library/'
const LONGEST_REPOSITORY = 255
/** More than the longest host, path, tag and digest together. */
const LONGEST = 1_024

const LABEL = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?'
const HOST = new RegExp(`^(?:${LABEL}(?:\\.${LABEL})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`)
const COMPONENT = '[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*'
const PATH = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`)
const TAG = /^\w[\w.-]{0,127}$/
const DIGEST = /^(?:sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128})$/

/**
 * Reads `[host[:port]/]path[:tag][@digest]` by the grammar of distribution/reference. `nginx` is `docker.io/library/nginx`; what stands before the first slash is a host when
 * it has a dot, a colon or an upper case letter, or is `localhost`. Throws INPUT_INVALID that names the part that is wrong. Adds no `latest`.
 */
export function parseReference(text: string): ImageReference {
  refuseForeign(text)
  const { name, tag, digest } = split(text)
  // First, since what stands before another @ may be a password.
  if (digest !== undefined && !isDigest(digest)) throw invalid(text, 'the digest is wrong', [DIGEST_WORDS, quoted(digest)])
  const { registry, repository } = splitName(name, text)
  if (tag !== undefined && !TAG.test(tag))
    throw invalid(text, 'the tag is wrong', ['letters, digits, _ . and -, at most 128, the first no . or -', quoted(tag)])
  const reference = { registry, repository, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) }
  return shortestName(reference) === name ? reference : { ...reference, written: name }
}

function refuseForeign(text: string): void {
  if (text === '') throw invalid(text, 'is empty', [SUCH_AS, 'nothing'])
  if (text.length > LONGEST) throw invalid(text, 'is too long', [`at most ${LONGEST} characters`, String(text.length)])
  if (!/^[\u0021-\u007E]+$/.test(text)) throw invalid(text, 'has characters no reference has', ['printable ASCII without blanks', 'others'])
  if (text.includes('://')) throw invalid(text, 'begins with a scheme', [SUCH_AS, 'a URL'])
}

/** Writes a reference as it was written; one that was put together by hand in the shortest way. */
export function formatReference(reference: ImageReference): string {
  const { tag, digest, written = shortestName(reference) } = reference
  return `${written}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`
}

/** Writes `name:tag@sha256:...`: what runs no longer depends on the tag, which stays for people. Throws INPUT_INVALID for what is no digest. */
export function withDigest(reference: ImageReference, digest: string): string {
  if (!isDigest(digest)) throw invalid(formatReference(reference), 'cannot be pinned', [DIGEST_WORDS, quoted(digest)])
  return formatReference({ ...reference, digest })
}

/** Tells whether two references name the same repository, however they are written. Tags and digests are not looked at. */
export function sameRepository(one: ImageReference, other: ImageReference): boolean {
  return one.registry.toLowerCase() === other.registry.toLowerCase() && one.repository === other.repository
}

/** Cuts digests to twelve characters, for people: `web:1.2@sha256:9f2c1ab04d11...`. Leaves text that is no reference as it is, and never throws. */
export function shortReference(text: string): string {
  return text.replaceAll(/\b(sha(?:256|384|512):[a-f0-9]{12})[a-f0-9]{52,116}\b/g, '$1...')
}

/** Tells whether a text is a digest that content can be checked against. */
export function isDigest(text: string | undefined): text is string {
  return text !== undefined && DIGEST.test(text)
}

const SUCH_AS = 'a reference such as ghcr.io/shop/web:1.2'
const DIGEST_WORDS = 'sha256: and 64 hexadecimal digits in lower case'

function split(text: string): { readonly name: string; readonly tag?: string; readonly digest?: string } {
  const at = text.indexOf('@')
  const named = at < 0 ? text : text.slice(0, at)
  const digest = at < 0 ? {} : { digest: text.slice(at + 1) }
  // A colon before the last slash belongs to a port.
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1)
  return colon < 0 ? { name: named, ...digest } : { name: named.slice(0, colon), tag: named.slice(colon + 1), ...digest }
}

function splitName(name: string, text: string): Pick<ImageReference, 'registry' | 'repository'> {
  const host = hostOf(name)
  if (host === undefined) {
    if (/^[a-f0-9]{64}$/.test(name)) throw invalid(text, 'is the id of an image', ['the name of one', '64 hexadecimal digits'])
    return { registry: HUB, repository: checkPath(name, HUB, text) }
  }
  if (!HOST.test(host)) throw invalid(text, 'the registry is wrong', ['a host with an optional port such as ghcr.io or localhost:5000', quoted(host)])
  const registry = host === OLD_HUB ? HUB : host
  return { registry, repository: checkPath(name.slice(host.length + 1), registry, text) }
}

function hostOf(name: string): string | undefined {
  const slash = name.indexOf('/')
  const first = name.slice(0, Math.max(0, slash))
  return first === 'localhost' || /[.:A-Z]/.test(first) ? first : undefined
}

function checkPath(path: string, registry: string, text: string): string {
  if (!PATH.test(path)) {
    const expected = 'lower case letters and digits, parted by / . _ __ or -'
    throw invalid(text, PATH.test(path.toLowerCase()) ? 'the repository has upper case letters' : 'the repository is wrong', [expected, quoted(path)])
  }
  const repository = registry === HUB && !path.includes('/') ? `${OFFICIAL}${path}` : path
  if (repository.length <= LONGEST_REPOSITORY) return repository
  throw invalid(text, 'the repository is too long', [`at most ${LONGEST_REPOSITORY} characters`, String(repository.length)])
}

function shortestName({ registry, repository }: ImageReference): string {
  if (registry !== HUB) return `${registry}/${repository}`
  const short = repository.startsWith(OFFICIAL) ? repository.slice(OFFICIAL.length) : repository
  // Of library/a/b and a name whose first part would pass for a host, no shorter way means the same.
  if (short.includes('/') && short !== repository) return repository
  return /^(?:localhost|[^/]*\.[^/]*)\//.test(short) ? `${HUB}/${short}` : short
}

function invalid(text: string, wrong: string, [expected, got]: readonly [expected: string, got: string]): Fault {
  return new Fault('INPUT_INVALID', `Image ${quoted(text)}: ${wrong}, expected ${expected}, got ${got}`, {
    hint: 'Write an image as [host[:port]/]path[:tag][@sha256:...], such as ghcr.io/shop/web:1.2.',
  })
}

const LONGEST_SHOWN = 300

/** Shows what a user wrote, harmless: nothing that moves a cursor, and no user information, as a URL may have. */
function quoted(text: string): string {
  if (text.length > LONGEST_SHOWN) return `"${text.length} characters"`
  const harmless = text.replace(/^.*@(?=.*\/)/s, '...@')
  return JSON.stringify(harmless).replaceAll(/[^\u0020-\u007E]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
