import { Fault, type HttpResponse } from '@fairlead/base'
import { createHash } from 'node:crypto'
import { formatReference, isDigest, shortReference, type ImageReference } from '../reference.ts'
import type { DigestAnswer } from '../registry.ts'
import { describeAnswer, refusal } from './refusal.ts'
import type { Visit } from './visit.ts'

/** After these a GET is worth the while: some registries answer HEAD so for what they have, as those that fetch from another on demand do. */
const UNDECIDED: ReadonlySet<number> = new Set([400, 404, 405, 501])

/**
 * Finds the digest of a reference. A HEAD with a digest is enough; anything less is decided by a GET, whose bytes are hashed.
 *
 * A 404 is an absence only where the registry shows us the tags of the same repository: what is hidden from us is answered with 404, too.
 * Throws a Fault for everything we cannot see.
 */
export async function findDigest(visit: Visit, reference: ImageReference): Promise<DigestAnswer> {
  const path = `/v2/${reference.repository}/manifests/${reference.digest ?? reference.tag ?? 'latest'}`
  const head = await visit.ask('HEAD', path)
  const told = toldDigest(head)
  if (head.status !== 200 && !UNDECIDED.has(head.status)) throw refusal('it', head, visit.login)
  if (told !== undefined && suffices(head, reference)) return found(told, head)
  const manifest = await visit.ask('GET', path)
  if (manifest.status === 200) return found(hashManifest(manifest, reference.digest), manifest)
  if (manifest.status === 404) return await confirmAbsence(visit, { reference, answer: manifest })
  throw refusal('it', manifest, visit.login)
}

/** Of what was asked for by its digest, another one cannot be right: the bytes have to be seen. */
function suffices(head: HttpResponse, { digest }: ImageReference): boolean {
  return head.status === 200 && (digest === undefined || digest === toldDigest(head))
}

function toldDigest({ headers }: HttpResponse): string | undefined {
  const told = headers['docker-content-digest']
  return isDigest(told) ? told : undefined
}

function found(digest: string, { headers }: HttpResponse): DigestAnswer {
  const [mediaType = ''] = (headers['content-type'] ?? '').split(';')
  return { type: 'found', digest, ...(mediaType.trim() === '' ? {} : { mediaType: mediaType.trim() }) }
}

/** The bytes decide; a digest that we asked for or were told has to be theirs. */
function hashManifest(manifest: HttpResponse, asked: string | undefined): string {
  const { body } = manifest
  if (!isManifest(body)) throw strange(manifest, 'a manifest of schema version 2')
  const expected = asked ?? toldDigest(manifest)
  const algorithm = expected?.split(':')[0] ?? 'sha256'
  const digest = `${algorithm}:${createHash(algorithm).update(body, 'utf8').digest('hex')}`
  if (expected === undefined || expected === digest) return digest
  throw new Fault('UNSUPPORTED', `the content is not that of its digest, expected ${shortReference(expected)}, got ${shortReference(digest)}`, {
    hint: 'Look for a proxy that changes what the registry answers.',
  })
}

/** The older schema has its signatures in it, so that its digest is not that of its bytes. Text that was no UTF-8 has replacements in it, and would be hashed wrong. */
function isManifest(body: string): boolean {
  return fieldOf(body, 'schemaVersion') === 2 && !body.includes('\uFFFD')
}

/** An empty list is null with some. */
function isTagList(body: string): boolean {
  const tags = fieldOf(body, 'tags')
  return tags === null || Array.isArray(tags)
}

function fieldOf(body: string, field: string): unknown {
  try {
    return (JSON.parse(body) as Readonly<Record<string, unknown>> | null)?.[field]
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function strange({ headers }: HttpResponse, expected: string): Fault {
  return new Fault('UNSUPPORTED', `it is no registry that answers, expected ${expected}, got ${headers['content-type'] ?? 'an answer without a type'}`, {
    hint: 'Check that the host of the image is that of a registry, and that no proxy answers in its place.',
  })
}

async function confirmAbsence(
  visit: Visit,
  { reference, answer }: { readonly reference: ImageReference; readonly answer: HttpResponse },
): Promise<DigestAnswer> {
  const tags = await visit.ask('GET', `/v2/${reference.repository}/tags/list?n=1`)
  if (tags.status === 404) {
    throw new Fault('ACCESS_DENIED', `it knows no repository ${reference.repository} or hides it from us, since it answers ${describeAnswer(tags)}`, {
      hint: 'Check the name of the image, and that this job may read it.',
    })
  }
  if (tags.status !== 200) throw refusal('it', tags, visit.login)
  if (!isTagList(tags.body)) throw strange(tags, 'a list of tags')
  const wanted = reference.digest === undefined ? `the tag ${reference.tag ?? 'latest'}` : 'this digest'
  const message = `Image "${shortReference(formatReference(reference))}": is missing, expected ${wanted} in its repository, got ${describeAnswer(answer)}`
  return { type: 'missing', message }
}
