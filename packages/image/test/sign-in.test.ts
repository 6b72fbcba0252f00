import { parseReference, type DigestAnswer } from '@fairlead/image'
import { openRegistry } from '@fairlead/image/registry'
import { afterEach, describe, expect, test } from 'vitest'
import { registryError, startProxy, startRegistry, startSwitch, type Answering, type RegistryServer, type Reply } from './registry-server.ts'
import { selfSigned } from './certificate.ts'
import { authOf, dockerConfig, removeDockerConfigs, testHost, type TestHost } from './test-host.ts'

const DIGEST = `sha256:${'a'.repeat(64)}`
const MANIFEST: Reply = { headers: { 'docker-content-digest': DIGEST } }
const FOUND: DigestAnswer = { type: 'found', digest: DIGEST }
const USER = 'robot'
const PASSWORD = 'pass:word-of-robot'
const BASIC = `Basic ${authOf(USER, PASSWORD)}`
const TOKEN = 'a-token-of-some-length'

const closing: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  removeDockerConfigs()
})

async function serve(answering: Answering, tls?: { readonly cert: string; readonly key: string }): Promise<RegistryServer> {
  const server = await startRegistry((request) => (request.line === 'GET /v2/' ? {} : answering(request)), tls)
  closing.push(() => server.close())
  return server
}

function open(host: TestHost, ca?: string) {
  const registry = openRegistry(host, { random: () => 0.5, attemptTimeout: 2_000, ...(ca === undefined ? {} : { ca }) })
  closing.push(() => registry.close())
  return registry
}

const withConfig = (config: unknown) => testHost({ DOCKER_CONFIG: dockerConfig(config) })
const signedIn = (key: string) => withConfig({ auths: { [key]: { auth: authOf(USER, PASSWORD) } } })

/** Lets nobody in but by Basic. */
const basicOnly: Answering = ({ authorization }) =>
  authorization === BASIC ? MANIFEST : registryError(401, 'UNAUTHORIZED', { 'www-authenticate': 'Basic realm="here", charset="UTF-8"' })

/** Lets nobody in but by a token of its own, which everybody gets whom `gives` accepts. Its token server is itself, as soon as `at` says where that is. */
function tokens(gives: (authorization: string | undefined) => Reply, realm?: string): { readonly answering: Answering; at: string } {
  const place = { at: '' }
  const answering: Answering = ({ line, authorization }) => {
    if (line === 'GET /token' || line === 'POST /token') return gives(authorization)
    if (authorization === `Bearer ${TOKEN}`) return MANIFEST
    const challenge = `Bearer realm="${realm ?? `http://${place.at}/token`}",service="the \\"service\\"",scope="repository:other:push,delete"`
    return registryError(401, 'UNAUTHORIZED', { 'www-authenticate': challenge })
  }
  return Object.assign(place, { answering })
}

const TOKEN_REPLY: Reply = { body: JSON.stringify({ token: TOKEN, expires_in: 60 }) }

describe('a registry that wants a user and a password', () => {
  test('gets those of the docker config, after it has asked', async () => {
    const server = await serve(basicOnly)
    const host = signedIn(server.host)
    const registry = open(host)
    const reference = parseReference(`${server.host}/shop:1`)
    expect([await registry.digestOf(reference), await registry.digestOf(reference)]).toEqual([FOUND, FOUND])
    expect(server.requests.map(({ authorization }) => authorization)).toEqual([undefined, undefined, BASIC, BASIC])
    expect(host.masked).toEqual(expect.arrayContaining([PASSWORD, authOf(USER, PASSWORD)]))
  })

  test.each<{ readonly name: string; readonly config: (host: string) => unknown }>([
    { name: 'a URL', config: (host) => ({ auths: { [`https://${host}`]: { auth: authOf(USER, PASSWORD) } } }) },
    { name: 'a URL with the version', config: (host) => ({ auths: { [`https://${host}/v2/`]: { auth: authOf(USER, PASSWORD) } } }) },
    { name: 'a user and a password', config: (host) => ({ auths: { [host]: { username: USER, password: PASSWORD } } }) },
    { name: 'an auth filled up with zeros', config: (host) => ({ auths: { [host]: { auth: authOf(USER, `${PASSWORD}\0\0`) } } }) },
    {
      name: 'the longest path that fits',
      config: (host) => ({
        auths: {
          [host]: { auth: authOf('wrong', 'whole-registry') },
          [`${host}/team`]: { auth: authOf(USER, PASSWORD) },
          [`${host}/team/sho`]: { auth: authOf('wrong', 'other-repository') },
        },
      }),
    },
    { name: 'an entry beside a helper', config: (host) => ({ auths: { [host]: { auth: authOf(USER, PASSWORD) } }, credsStore: 'desktop' }) },
  ])('finds them under $name', async ({ config }) => {
    const server = await serve(basicOnly)
    expect(await open(withConfig(config(server.host))).digestOf(parseReference(`${server.host}/team/shop:1`))).toEqual(FOUND)
  })

  test.each<{ readonly name: string; readonly config: (host: string) => unknown; readonly says: string }>([
    { name: 'nothing', config: () => ({}), says: 'without credentials, since the docker config has none for it' },
    {
      name: 'credentials for another',
      config: () => ({ auths: { 'ghcr.io': { auth: authOf(USER, PASSWORD) } } }),
      says: 'without credentials, since the docker config has none for it',
    },
    {
      name: 'credentials for another repository',
      config: (host) => ({ auths: { [`${host}/other`]: { auth: authOf(USER, PASSWORD) } } }),
      says: 'without credentials, since the docker config has none for it',
    },
    {
      name: 'a helper for it',
      config: (host) => ({ credHelpers: { [host]: 'ecr-login' } }),
      says: 'without credentials, since the docker config leaves them to the credential helper "ecr-login", which Fairlead does not start',
    },
    {
      name: 'a helper for all',
      config: (host) => ({ auths: { [host]: {} }, credsStore: 'desktop' }),
      says: 'the credential helper "desktop", which Fairlead does not start',
    },
  ])('says so when the docker config has $name', async ({ config, says }) => {
    const server = await serve(basicOnly)
    const answer = await open(withConfig(config(server.host))).digestOf(parseReference(`${server.host}/shop:1`))
    expect(answer).toMatchObject({ type: 'unreadable', message: expect.stringContaining(says) })
    expect(server.requests.map(({ authorization }) => authorization)).toEqual([undefined, undefined])
  })

  test('has them masked in the form in which they are sent', async () => {
    const server = await serve(basicOnly)
    const host = withConfig({ auths: { [server.host]: { username: USER, password: PASSWORD } } })
    await open(host).digestOf(parseReference(`${server.host}/shop:1`))
    expect(host.masked).toEqual([PASSWORD, authOf(USER, PASSWORD)])
  })

  test('refuses wrong ones, and the message holds none of them', async () => {
    const server = await serve(basicOnly)
    const host = withConfig({ auths: { [server.host]: { auth: authOf(USER, 'no-longer-good') } } })
    const answer = await open(host).digestOf(parseReference(`${server.host}/shop:1`))
    expect(answer).toMatchObject({
      type: 'unreadable',
      message: expect.stringContaining('it answers 401, and was asked with the credentials of the docker config'),
    })
    expect(JSON.stringify(answer)).not.toMatch(new RegExp(`no-longer-good|${authOf(USER, 'no-longer-good')}`))
  })
})

describe('a registry that wants a token', () => {
  test('gets one that may only pull this repository, and it is asked for once', async () => {
    const world = tokens((authorization) => (authorization === undefined ? TOKEN_REPLY : { status: 400 }))
    const server = await serve(world.answering)
    world.at = server.host
    const host = testHost()
    const registry = open(host)
    const reference = parseReference(`${server.host}/team/shop:1`)
    expect([await registry.digestOf(reference), await registry.digestOf(reference)]).toEqual([FOUND, FOUND])
    expect(server.lines().filter((line) => line === 'GET /token')).toHaveLength(1)
    expect(server.requests[2]?.query).toEqual({ service: 'the "service"', scope: 'repository:team/shop:pull' })
    expect(host.masked).toEqual([TOKEN])
  })

  test('gives one for each repository', async () => {
    const world = tokens(() => TOKEN_REPLY)
    const server = await serve(world.answering)
    world.at = server.host
    const registry = open(testHost())
    for (const name of ['shop', 'cart', 'shop']) await registry.digestOf(parseReference(`${server.host}/${name}:1`))
    expect(server.requests.flatMap(({ query: { scope } }) => scope ?? [])).toEqual(['repository:shop:pull', 'repository:cart:pull'])
  })

  test('is given a new one when the old one has run out', async () => {
    let current = ''
    let count = 0
    const server: RegistryServer = await serve(({ line, authorization }) => {
      if (line === 'GET /token') return { body: JSON.stringify({ access_token: (current = `a-token-number-${(count += 1)}`) }) }
      if (authorization === `Bearer ${current}`) return MANIFEST
      return { status: 401, headers: { 'www-authenticate': `Bearer realm="http://${server.host}/token"` } }
    })
    const registry = open(testHost())
    await registry.digestOf(parseReference(`${server.host}/shop:1`))
    current = 'nobody has this one'
    expect(await registry.digestOf(parseReference(`${server.host}/shop:1`))).toEqual(FOUND)
    expect(count).toBe(2)
  })

  test('has its token server asked with the credentials of the docker config, and is never shown them itself', async () => {
    const world = tokens((authorization) => (authorization === BASIC ? TOKEN_REPLY : registryError(401, 'UNAUTHORIZED')))
    const server = await serve(world.answering)
    world.at = server.host
    expect(await open(signedIn(server.host)).digestOf(parseReference(`${server.host}/shop:1`))).toEqual(FOUND)
    expect(server.requests.map(({ line, authorization }) => `${line} ${authorization}`)).toEqual([
      'GET /v2/ undefined',
      'HEAD /v2/shop/manifests/1 undefined',
      `GET /token ${BASIC}`,
      `HEAD /v2/shop/manifests/1 Bearer ${TOKEN}`,
    ])
  })

  test('has an identity token exchanged', async () => {
    const world = tokens(() => TOKEN_REPLY)
    const server = await serve(world.answering)
    world.at = server.host
    const host = withConfig({ auths: { [server.host]: { auth: authOf('<token>', ''), identitytoken: 'an-identity-token' } } })
    expect(await open(host).digestOf(parseReference(`${server.host}/shop:1`))).toEqual(FOUND)
    const asked = server.requests.find(({ line }) => line === 'POST /token')
    expect(Object.fromEntries(new URLSearchParams(asked?.body))).toEqual({
      service: 'the "service"',
      scope: 'repository:shop:pull',
      grant_type: 'refresh_token',
      client_id: 'fairlead',
      refresh_token: 'an-identity-token',
    })
    expect(host.masked).toEqual(expect.arrayContaining(['an-identity-token', TOKEN]))
  })

  test.each<{ readonly name: string; readonly reply: Reply; readonly says: string }>([
    {
      name: 'refuses',
      reply: registryError(403, 'DENIED'),
      says: 'answers 403 DENIED, and was asked without credentials, since the docker config has none for it',
    },
    { name: 'refuses in words of its own', reply: registryError(403, '::error::words'), says: 'answers 403, and was asked without credentials' },
    { name: 'is in trouble', reply: { status: 500 }, says: 'answers 500, expected 200' },
    { name: 'redirects', reply: { status: 302, headers: { location: 'https://elsewhere.example/' } }, says: 'answers 302, expected 200' },
    { name: 'answers a web page', reply: { body: '<html>' }, says: 'gives no token, expected JSON with a token' },
    { name: 'answers null', reply: { body: 'null' }, says: 'gives no token' },
    { name: 'gives a token with a line break', reply: { body: JSON.stringify({ token: 'first-line\r\nx-header: 1' }) }, says: 'gives no token' },
  ])('cannot be read when its token server $name', async ({ reply, says }) => {
    const world = tokens(() => reply)
    const server = await serve(world.answering)
    world.at = server.host
    expect(await open(testHost()).digestOf(parseReference(`${server.host}/shop:1`))).toMatchObject({
      type: 'unreadable',
      message: expect.stringContaining(`its token server ${server.host} ${says}`),
    })
  })

  test.each(['http://auth.example/token', 'https://user:word@auth.example/token', 'ftp://auth.example/', 'nowhere', ''])(
    'has no token server asked at "%s"',
    async (realm) => {
      const server = await serve(tokens(() => TOKEN_REPLY, realm).answering)
      const answer = await open(signedIn(server.host)).digestOf(parseReference(`${server.host}/shop:1`))
      expect(answer).toMatchObject({
        type: 'unreadable',
        message: expect.stringContaining('it names a token server that nobody can trust, expected an https://'),
      })
      expect(JSON.stringify(answer)).not.toContain('user:word')
    },
  )
})

describe('a registry of another machine', () => {
  const tls = selfSigned('registry.example', 'auth.example', 'registry-1.docker.io', '127.0.0.1')
  const words = { type: 'unreadable' as const }

  /** A registry by name, its token server, and whoever answers plain HTTP; all behind a proxy. */
  async function world(realm: string, name = 'registry.example') {
    const registry = await serve(tokens(() => TOKEN_REPLY, realm).answering, tls)
    const auth = await serve(() => TOKEN_REPLY, tls)
    const plain = await serve(() => TOKEN_REPLY)
    const proxy = await startProxy({ [`${name}:443`]: registry.port, 'auth.example:443': auth.port, 'auth.example:80': plain.port })
    closing.push(() => proxy.close())
    return { registry, auth, plain, proxy }
  }

  const hostBehind = (proxy: { readonly url: string }, key: string) => {
    const DOCKER_CONFIG = dockerConfig({ auths: { [key]: { auth: authOf(USER, PASSWORD) } } })
    return testHost({ DOCKER_CONFIG, HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url })
  }

  test('is asked over HTTPS alone, and its token server gets the credentials', async () => {
    const { registry, auth, proxy } = await world('https://auth.example/token')
    expect(await open(hostBehind(proxy, 'registry.example'), tls.cert).digestOf(parseReference('registry.example/shop:1'))).toEqual(FOUND)
    expect(new Set(proxy.asked)).toEqual(new Set(['CONNECT registry.example:443', 'CONNECT auth.example:443']))
    expect(registry.requests.map(({ authorization }) => authorization)).toEqual([undefined, `Bearer ${TOKEN}`])
    expect(auth.requests.map(({ authorization }) => authorization)).toEqual([BASIC])
  })

  test('does not get the credentials of another', async () => {
    const { auth, proxy } = await world('https://auth.example/token')
    expect(await open(hostBehind(proxy, 'other.example'), tls.cert).digestOf(parseReference('registry.example/shop:1'))).toEqual(FOUND)
    expect(auth.requests.map(({ authorization }) => authorization)).toEqual([undefined])
  })

  test.each(['http://auth.example/token', 'http://127.0.0.1:PORT/token'])('may name no token server that speaks plain HTTP: %s', async (realm) => {
    const listener = await serve(() => TOKEN_REPLY)
    const { proxy, plain } = await world(realm.replace('PORT', String(listener.port)))
    expect(await open(hostBehind(proxy, 'registry.example'), tls.cert).digestOf(parseReference('registry.example/shop:1'))).toMatchObject(words)
    expect([...proxy.asked, ...plain.requests, ...listener.requests]).toEqual(['CONNECT registry.example:443'])
  })

  test.each(['https://index.docker.io/v1/', 'docker.io', 'index.docker.io', 'registry-1.docker.io'])('is that of Docker Hub, signed in as %s', async (key) => {
    const { auth, proxy } = await world('https://auth.example/token', 'registry-1.docker.io')
    expect(await open(hostBehind(proxy, key), tls.cert).digestOf(parseReference('nginx:1'))).toEqual(FOUND)
    expect(auth.requests.map(({ authorization, query }) => [authorization, query['scope']])).toEqual([[BASIC, 'repository:library/nginx:pull']])
  })

  test('is not asked when nobody signed for its certificate', async () => {
    const { registry, proxy } = await world('https://auth.example/token')
    expect(await open(hostBehind(proxy, 'registry.example')).digestOf(parseReference('registry.example/shop:1'))).toMatchObject({
      type: 'unreadable',
      message: expect.stringContaining('is not trusted'),
      hint: 'Name the authority that signed the certificate of the registry in NODE_EXTRA_CA_CERTS.',
    })
    expect(registry.requests).toEqual([])
  })

  test('is told apart from one of this machine, to which no proxy leads, with TLS or without', async () => {
    const { proxy } = await world('https://auth.example/token')
    const secure = await serve(() => MANIFEST, tls)
    const polite = await startSwitch(secure.port)
    closing.push(() => polite.close())
    const servers = [await serve(() => MANIFEST), secure, polite]
    for (const server of servers) {
      expect(await open(hostBehind(proxy, 'registry.example'), tls.cert).digestOf(parseReference(`${server.host}/shop:1`))).toEqual(FOUND)
    }
    expect(proxy.asked).toEqual([])
  })
})

describe('the docker config', () => {
  test('is that of the home folder when no other is named', async () => {
    const server = await serve(basicOnly)
    const HOME = dockerConfig({ auths: { [server.host]: { auth: authOf(USER, PASSWORD) } } }, '.docker')
    const reference = parseReference(`${server.host}/shop:1`)
    expect(await open(testHost({ HOME })).digestOf(reference)).toEqual(FOUND)
    expect(await open(testHost({ HOME, DOCKER_CONFIG: '' })).digestOf(reference)).toEqual(FOUND)
    expect(await open(testHost({ HOME, DOCKER_CONFIG: dockerConfig({}) })).digestOf(reference)).toMatchObject({ type: 'unreadable' })
  })

  test('does not have to be there', async () => {
    const server = await serve(() => MANIFEST)
    const HOME = dockerConfig({})
    expect(await open(testHost({ HOME })).digestOf(parseReference(`${server.host}/shop:1`))).toEqual(FOUND)
  })

  test('is told of when it cannot be read', async () => {
    const HOME = dockerConfig({}, '.docker/config.json')
    expect(await open(testHost({ HOME })).digestOf(parseReference('here.example/shop:1'))).toMatchObject({
      type: 'unreadable',
      message: expect.stringMatching(/the docker config ".*\/\.docker\/config\.json" cannot be read: EISDIR$/),
    })
  })

  test('has all its secrets masked before anybody is asked, and nothing that is not secret', async () => {
    const host = withConfig({
      auths: {
        'a.example': { auth: authOf('someone', 'first-secret') },
        'b.example': { username: 'somebody', password: 'second-secret' },
        'c.example': { identitytoken: 'third-secret', registrytoken: 'fourth-secret', email: 'me@example.com' },
        'd.example': { auth: authOf('a', 'short') },
      },
    })
    await open(host).digestOf(parseReference('localhost:99999/shop:1'))
    const secrets = [authOf('someone', 'first-secret'), 'first-secret', 'second-secret', 'third-secret', 'fourth-secret', authOf('a', 'short')]
    expect(host.masked).toEqual(secrets)
  })

  test.each<{ readonly name: string; readonly config: unknown; readonly says: string }>([
    { name: 'is no JSON', config: '{"auths": {"x": {"auth": "hunter22', says: 'expected a JSON object, got something else' },
    { name: 'is a list', config: [], says: 'expected a JSON object, got something else' },
    { name: 'has a list of logins', config: { auths: [] }, says: 'expected auths to be a map of maps' },
    { name: 'has a login that is text', config: { auths: { x: 'hunter22' } }, says: 'expected auths to be a map of maps' },
    { name: 'has a list of helpers', config: { credHelpers: [] }, says: 'expected credHelpers to be a map' },
    {
      name: 'has an auth without a password',
      config: { auths: { 'here.example': { auth: 'aHVudGVyMjI=' } } },
      says: 'expected auths["here.example"].auth to be',
    },
    { name: 'has an auth that is no base64', config: { auths: { 'here.example': { auth: 'hunter22!' } } }, says: 'expected auths["here.example"].auth to be' },
  ])('is told of when it $name, and nobody is asked', async ({ config, says }) => {
    const answer = await open(withConfig(config)).digestOf(parseReference('here.example/shop:1'))
    expect(answer).toMatchObject({ type: 'unreadable', message: expect.stringContaining(says), hint: expect.any(String) })
    expect(JSON.stringify(answer)).not.toContain('hunter22')
  })

  test('may be wrong about another registry', async () => {
    const server = await serve(basicOnly)
    const host = withConfig({ auths: { [server.host]: { auth: authOf(USER, PASSWORD) }, 'ghcr.io': { auth: 'no base64!' } } })
    expect(await open(host).digestOf(parseReference(`${server.host}/shop:1`))).toEqual(FOUND)
  })
})
