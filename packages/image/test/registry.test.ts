import { Fault } from '@fairlead/base'
import { parseReference, type DigestAnswer } from '@fairlead/image'
import { openRegistry, type RegistryOptions } from '@fairlead/image/registry'
import { afterEach, describe, expect, test } from 'vitest'
import { digestOf, registryError, startRegistry, type Answering, type RegistryServer, type Reply } from './registry-server.ts'
import { authOf, dockerConfig, removeDockerConfigs, testHost, type TestHost } from './test-host.ts'

const INDEX = 'application/vnd.oci.image.index.v1+json'
const BODY = JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: [{ note: 'gr\u00F6\u00DFer' }] })
const DIGEST = digestOf(BODY)
const OTHER = digestOf('something else')
const MANIFEST: Reply = { headers: { 'content-type': `${INDEX}; charset=utf-8`, 'docker-content-digest': DIGEST }, body: BODY }
const BARE: Reply = { headers: { 'content-type': INDEX }, body: BODY }
const FOUND: DigestAnswer = { type: 'found', digest: DIGEST, mediaType: INDEX }

const HEAD = 'HEAD /v2/shop/manifests/1'
const GET = 'GET /v2/shop/manifests/1'
const TAGS = 'GET /v2/shop/tags/list'
const PROBE = 'GET /v2/'

const closing: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  removeDockerConfigs()
})

async function serve(answering: Answering): Promise<RegistryServer> {
  const server = await startRegistry((request) => (request.line === PROBE ? {} : answering(request)))
  closing.push(() => server.close())
  return server
}

/** Answers by line; what is not listed is not there. */
function replies(table: Readonly<Record<string, Reply | 'hang up' | 'silence'>>): Answering {
  return ({ line }) => table[line] ?? registryError(404, 'NAME_UNKNOWN')
}

function open(host: TestHost = testHost(), options: RegistryOptions = {}) {
  const registry = openRegistry(host, { random: () => 0.5, attemptTimeout: 2_000, ...options })
  closing.push(() => registry.close())
  return registry
}

/** Asks for `shop:1`, or another reference, of a server. */
async function ask(server: RegistryServer, host: TestHost = testHost(), reference = 'shop:1'): Promise<DigestAnswer> {
  return await open(host).digestOf(parseReference(`${server.host}/${reference}`))
}

function signedIn(server: RegistryServer, user = 'robot', password = 'pass:word-of-robot'): TestHost {
  return testHost({ DOCKER_CONFIG: dockerConfig({ auths: { [server.host]: { auth: authOf(user, password) } } }) })
}

describe('digestOf', () => {
  test('answers what the header of a HEAD says, having asked for indexes first', async () => {
    const server = await serve(replies({ [HEAD]: MANIFEST }))
    expect(await ask(server)).toEqual(FOUND)
    expect(server.lines()).toEqual([PROBE, HEAD])
    expect(server.requests[1]?.accept?.split(', ')).toEqual([
      'application/vnd.oci.image.index.v1+json',
      'application/vnd.docker.distribution.manifest.list.v2+json',
      'application/vnd.oci.image.manifest.v1+json',
      'application/vnd.docker.distribution.manifest.v2+json',
    ])
  })

  test('finds out only once how a registry speaks', async () => {
    const server = await serve(replies({ [HEAD]: MANIFEST }))
    const registry = open()
    await registry.digestOf(parseReference(`${server.host}/shop:1`))
    await registry.digestOf(parseReference(`${server.host}/shop:1`))
    expect(server.lines()).toEqual([PROBE, HEAD, HEAD])
  })

  test.each<{ readonly name: string; readonly head: Reply }>([
    { name: 'has no digest', head: BARE },
    { name: 'has a digest that is none', head: { headers: { 'docker-content-digest': 'sha256:abc' } } },
    { name: 'is not allowed', head: { status: 405 } },
    { name: 'finds nothing, as with registries that fetch on demand', head: { status: 404 } },
  ])('hashes the bytes of a GET when the HEAD $name', async ({ head }) => {
    const server = await serve(replies({ [HEAD]: head, [GET]: BARE }))
    expect(await ask(server)).toEqual(FOUND)
    expect(server.lines()).toEqual([PROBE, HEAD, GET])
  })

  test('means latest without a tag', async () => {
    const server = await serve(replies({ 'HEAD /v2/shop/manifests/latest': MANIFEST }))
    expect(await ask(server, testHost(), 'shop')).toEqual(FOUND)
  })

  test('asks by the digest where there is one', async () => {
    const server = await serve(replies({ [`HEAD /v2/shop/manifests/${DIGEST}`]: MANIFEST }))
    expect(await ask(server, testHost(), `shop:1@${DIGEST}`)).toEqual(FOUND)
  })

  test.each<{ readonly name: string; readonly table: Readonly<Record<string, Reply>>; readonly reference: string; readonly says: string }>([
    {
      name: 'other content for a digest',
      table: { [`HEAD /v2/shop/manifests/${OTHER}`]: MANIFEST, [`GET /v2/shop/manifests/${OTHER}`]: BARE },
      reference: `shop@${OTHER}`,
      says: `the content is not that of its digest, expected ${OTHER.slice(0, 19)}..., got ${DIGEST.slice(0, 19)}...`,
    },
    {
      name: 'content that differs from its header',
      table: { [HEAD]: BARE, [GET]: { ...MANIFEST, headers: { 'docker-content-digest': OTHER } } },
      reference: 'shop:1',
      says: 'the content is not that of its digest',
    },
    {
      name: 'a web page',
      table: { [HEAD]: {}, [GET]: { headers: { 'content-type': 'text/html' }, body: '<p>Sign in</p>' } },
      reference: 'shop:1',
      says: 'it is no registry that answers, expected a manifest of schema version 2, got text/html',
    },
    {
      name: 'a manifest of the first schema',
      table: { [HEAD]: {}, [GET]: { body: '{"schemaVersion": 1}' } },
      reference: 'shop:1',
      says: 'expected a manifest of schema version 2',
    },
    {
      name: 'bytes that are no text',
      table: { [HEAD]: {}, [GET]: { body: Buffer.concat([Buffer.from('{"schemaVersion":2,"a":"'), Buffer.from([0xff]), Buffer.from('"}')]) } },
      reference: 'shop:1',
      says: 'expected a manifest of schema version 2',
    },
  ])('does not believe $name', async ({ table, reference, says }) => {
    expect(await ask(await serve(replies(table)), testHost(), reference)).toMatchObject({ type: 'unreadable', message: expect.stringContaining(says) })
  })
})

describe('what is missing', () => {
  test.each<{ readonly name: string; readonly tags: string }>([
    { name: 'shows other tags', tags: '{"name":"shop","tags":["1"]}' },
    { name: 'shows that there are none', tags: '{"name":"shop","tags":null}' },
  ])('is a tag of a repository that $name', async ({ tags }) => {
    const server = await serve(replies({ [GET]: registryError(404, 'MANIFEST_UNKNOWN'), [TAGS]: { body: tags } }))
    expect(await ask(server)).toEqual({
      type: 'missing',
      message: `Image "${server.host}/shop:1": is missing, expected the tag 1 in its repository, got 404 MANIFEST_UNKNOWN`,
    })
    expect(server.lines()).toEqual([PROBE, HEAD, GET, TAGS])
  })

  test.each<{ readonly name: string; readonly tags: Reply; readonly says: string }>([
    {
      name: 'a repository that is unknown, or private',
      tags: registryError(404, 'NAME_UNKNOWN'),
      says: 'it knows no repository shop or hides it from us, since it answers 404 NAME_UNKNOWN',
    },
    { name: 'a repository that is denied', tags: registryError(403, 'DENIED'), says: 'it answers 403 DENIED, and was asked without credentials' },
    { name: 'a list that cannot be read', tags: { status: 500 }, says: 'it answers 500, expected 200' },
    { name: 'a list that is none', tags: { body: '<html>' }, says: 'expected a list of tags, got an answer without a type' },
  ])('is never a 404 of $name', async ({ tags, says }) => {
    const server = await serve(replies({ [GET]: registryError(404, 'MANIFEST_UNKNOWN'), [TAGS]: tags }))
    expect(await ask(server)).toMatchObject({ type: 'unreadable', message: expect.stringContaining(says) })
  })
})

describe('what cannot be read', () => {
  test.each<{ readonly name: string; readonly head: Reply | 'hang up'; readonly asked: number; readonly says: string }>([
    { name: 'a refusal', head: { status: 403 }, asked: 1, says: 'it answers 403, and was asked without credentials, since the docker config has none for it' },
    { name: 'a 401 that says nothing more', head: { status: 401 }, asked: 1, says: 'it answers 401 and offers no way to sign in that we know' },
    { name: 'too many questions', head: { status: 429 }, asked: 3, says: 'it is asked too often and answers 429' },
    { name: 'a server in trouble', head: { status: 503 }, asked: 3, says: 'it answers 503, expected 200' },
    { name: 'a broken connection', head: 'hang up', asked: 3, says: '/v2/shop/manifests/1 could not be reached' },
    { name: 'a long pause', head: { status: 429, headers: { 'retry-after': '60' } }, asked: 1, says: 'it is asked too often and answers 429' },
  ])('is $name', async ({ head, asked, says }) => {
    const server = await serve(replies({ [HEAD]: head }))
    const answer = await ask(server)
    expect(answer).toMatchObject({ type: 'unreadable', hint: expect.any(String) })
    expect(answer).toMatchObject({ message: expect.stringMatching(/^Image "127\.0\.0\.1:\d+\/shop:1": the registry cannot be read, /) })
    expect(answer).toMatchObject({ message: expect.stringContaining(says) })
    expect(server.lines()).toEqual([PROBE, ...Array.from({ length: asked }, () => HEAD)])
  })

  test('is a registry that does not answer', async () => {
    const server = await serve(replies({ [HEAD]: 'silence' }))
    const answer = await open(testHost(), { attemptTimeout: 50 }).digestOf(parseReference(`${server.host}/shop:1`))
    expect(answer).toMatchObject({ type: 'unreadable', message: expect.stringContaining('no answer within 50 ms') })
  })

  test('is a registry where nobody listens', async () => {
    const server = await serve(replies({}))
    await server.close()
    expect(await ask(server)).toMatchObject({ type: 'unreadable', message: expect.stringContaining('ECONNREFUSED') })
  })

  test('is a port that does not exist', async () => {
    const answer = await open().digestOf(parseReference('localhost:99999/shop:1'))
    expect(answer).toMatchObject({ type: 'unreadable', message: expect.stringContaining('no connection can be made to "localhost:99999"') })
  })

  test('is over as soon as a later attempt is answered', async () => {
    let count = 0
    const server = await serve(() => ((count += 1) < 3 ? { status: 502 } : MANIFEST))
    expect(await ask(server)).toEqual(FOUND)
  })

  test.each([new Error('enough'), new Fault('UNAVAILABLE', 'enough')])('is thrown as the reason of the signal when that is aborted: %o', async (reason) => {
    const abort = new AbortController()
    const server = await serve(() => (abort.abort(reason), 'silence'))
    await expect(open().digestOf(parseReference(`${server.host}/shop:1`), { signal: abort.signal })).rejects.toBe(reason)
  })
})

describe('a redirect', () => {
  test('is followed within the registry, with the credentials', async () => {
    const server = await serve(({ line, authorization }) => {
      if (authorization === undefined) return { status: 401, headers: { 'www-authenticate': 'Basic realm="here"' } }
      return line === HEAD ? { status: 307, headers: { location: '/v2/mirror/shop/manifests/1' } } : MANIFEST
    })
    expect(await ask(server, signedIn(server))).toEqual(FOUND)
    expect(server.lines()).toEqual([PROBE, HEAD, HEAD, 'HEAD /v2/mirror/shop/manifests/1'])
  })

  test('is followed to no other place', async () => {
    const other = await serve(() => MANIFEST)
    const server = await serve(() => ({ status: 302, headers: { location: `http://${other.host}/v2/shop/manifests/1?token=hidden` } }))
    const answer = await ask(server)
    expect(answer).toMatchObject({ type: 'unreadable', message: expect.stringContaining(`expected an answer of ${server.host}, got http://${other.host}`) })
    expect(JSON.stringify(answer)).not.toContain('hidden')
    expect(other.requests).toEqual([])
  })

  test('is not followed for ever', async () => {
    const server = await serve(() => ({ status: 302, headers: { location: '/round' } }))
    expect(await ask(server)).toMatchObject({ type: 'unreadable', message: expect.stringContaining('redirects more than 3 times') })
    expect(server.lines()).toEqual([PROBE, HEAD, 'HEAD /round', 'HEAD /round', 'HEAD /round'])
  })
})
