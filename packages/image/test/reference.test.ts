import { formatReference, parseReference, sameRepository, shortReference, withDigest, type ImageReference } from '@fairlead/image'
import { Fault } from '@fairlead/base'
import { describe, expect, test } from 'vitest'

const HEX = '9f2c1ab04d11'.padEnd(64, '0')
const DIGEST = `sha256:${HEX}`
const longPath = (length: number) => 'a'.repeat(length)

const GOOD: readonly { readonly text: string; readonly reference: ImageReference }[] = [
  { text: 'nginx', reference: { registry: 'docker.io', repository: 'library/nginx' } },
  { text: 'nginx:1.27', reference: { registry: 'docker.io', repository: 'library/nginx', tag: '1.27' } },
  { text: 'user/app', reference: { registry: 'docker.io', repository: 'user/app' } },
  { text: 'a/b/c:t', reference: { registry: 'docker.io', repository: 'a/b/c', tag: 't' } },
  { text: 'docker.io/nginx', reference: { registry: 'docker.io', repository: 'library/nginx', written: 'docker.io/nginx' } },
  { text: 'docker.io/library/nginx', reference: { registry: 'docker.io', repository: 'library/nginx', written: 'docker.io/library/nginx' } },
  { text: 'index.docker.io/user/app', reference: { registry: 'docker.io', repository: 'user/app', written: 'index.docker.io/user/app' } },
  { text: 'docker.io/foo.bar/x', reference: { registry: 'docker.io', repository: 'foo.bar/x' } },
  { text: 'library/nginx', reference: { registry: 'docker.io', repository: 'library/nginx', written: 'library/nginx' } },
  { text: 'library/a/b', reference: { registry: 'docker.io', repository: 'library/a/b' } },
  { text: `ghcr.io/shop/web:1.2@${DIGEST}`, reference: { registry: 'ghcr.io', repository: 'shop/web', tag: '1.2', digest: DIGEST } },
  { text: `ghcr.io/shop/web@${DIGEST}`, reference: { registry: 'ghcr.io', repository: 'shop/web', digest: DIGEST } },
  { text: 'localhost/app', reference: { registry: 'localhost', repository: 'app' } },
  { text: 'localhost:5000/app:2', reference: { registry: 'localhost:5000', repository: 'app', tag: '2' } },
  { text: 'localhost:5000', reference: { registry: 'docker.io', repository: 'library/localhost', tag: '5000' } },
  { text: 'host:5000/app', reference: { registry: 'host:5000', repository: 'app' } },
  { text: 'Host/app', reference: { registry: 'Host', repository: 'app' } },
  { text: '127.0.0.1:5000/shop:1', reference: { registry: '127.0.0.1:5000', repository: 'shop', tag: '1' } },
  { text: '[2001:db8::1]:5000/app', reference: { registry: '[2001:db8::1]:5000', repository: 'app' } },
  { text: 'a.b/c__d/e--f/g.h_i:_T.-', reference: { registry: 'a.b', repository: 'c__d/e--f/g.h_i', tag: '_T.-' } },
  { text: `app:${'t'.repeat(128)}`, reference: { registry: 'docker.io', repository: 'library/app', tag: 't'.repeat(128) } },
  { text: `ghcr.io/${longPath(255)}`, reference: { registry: 'ghcr.io', repository: longPath(255) } },
  { text: `app@sha512:${'a'.repeat(128)}`, reference: { registry: 'docker.io', repository: 'library/app', digest: `sha512:${'a'.repeat(128)}` } },
]

const BAD: readonly { readonly name: string; readonly text: string; readonly says: string }[] = [
  { name: 'nothing', text: '', says: 'Image "": is empty, expected a reference such as ghcr.io/shop/web:1.2, got nothing' },
  { name: 'a blank', text: 'web 1', says: 'Image "web 1": has characters no reference has' },
  { name: 'a blank at the end', text: 'web ', says: 'has characters no reference has' },
  { name: 'a line break at the end', text: 'web:1\n', says: 'Image "web:1\\n": has characters' },
  { name: 'a workflow command', text: 'web\n::set-output', says: 'Image "web\\n::set-output": has characters' },
  { name: 'unicode', text: 'w\u00EBb', says: 'Image "w\\u00ebb": has characters' },
  { name: 'text that turns its direction', text: 'web\u202E', says: 'Image "web\\u202e": has characters' },
  { name: 'a very long text', text: 'a/'.repeat(50_000), says: 'Image "100000 characters": is too long, expected at most 1024 characters, got 100000' },
  { name: 'a URL', text: 'https://ghcr.io/shop/web', says: 'begins with a scheme' },
  { name: 'upper case', text: 'Shop', says: 'the repository has upper case letters' },
  { name: 'upper case behind a host', text: 'ghcr.io/Shop/web', says: 'the repository has upper case letters, expected lower case letters' },
  { name: 'dots for a parent', text: 'ghcr.io/../v2/secret', says: 'the repository is wrong' },
  {
    name: 'dots alone',
    text: '../../etc/passwd',
    says: 'the registry is wrong, expected a host with an optional port such as ghcr.io or localhost:5000, got ".."',
  },
  { name: 'dots in the middle', text: 'ghcr.io/a..b', says: 'the repository is wrong' },
  { name: 'three underscores', text: 'a___b', says: 'the repository is wrong' },
  { name: 'two slashes', text: 'ghcr.io//web', says: 'the repository is wrong' },
  { name: 'a slash at the end', text: 'ghcr.io/', says: 'the repository is wrong' },
  { name: 'a slash at the beginning', text: '/web', says: 'the repository is wrong' },
  { name: 'a port that is none', text: 'ghcr.io:http/web', says: 'the registry is wrong' },
  { name: 'a host with a dash at its end', text: 'ghcr-.io/web', says: 'the registry is wrong' },
  { name: 'a percent sign', text: 'ghcr.io/%2e%2e/web', says: 'the repository is wrong' },
  { name: 'a query', text: 'ghcr.io/web?x=1', says: 'the repository is wrong' },
  { name: 'an empty tag', text: 'web:', says: 'the tag is wrong, expected letters, digits, _ . and -, at most 128, the first no . or -, got ""' },
  { name: 'a tag that begins with a dot', text: 'web:.1', says: 'the tag is wrong' },
  { name: 'a tag with a plus', text: 'web:1.0+build', says: 'got "1.0+build"' },
  { name: 'a tag too long', text: `web:${'t'.repeat(129)}`, says: 'the tag is wrong' },
  { name: 'two tags', text: 'web:1:2', says: 'the tag is wrong' },
  {
    name: 'a digest that is short',
    text: 'web@sha256:abc',
    says: 'the digest is wrong, expected sha256: and 64 hexadecimal digits in lower case, got "sha256:abc"',
  },
  { name: 'a digest in upper case', text: `web@sha256:${HEX.toUpperCase()}`, says: 'the digest is wrong' },
  { name: 'a digest of md5', text: 'web@md5:9e107d9d372bb6826bd81d3542a419d6', says: 'the digest is wrong' },
  { name: 'two digests', text: `web@${DIGEST}@${DIGEST}`, says: 'the digest is wrong' },
  { name: 'the id of an image', text: HEX, says: 'is the id of an image' },
  { name: 'a path too long', text: `ghcr.io/${longPath(256)}`, says: 'the repository is too long, expected at most 255 characters, got 256' },
  { name: 'a path too long with what Docker Hub adds', text: longPath(248), says: 'the repository is too long, expected at most 255 characters, got 256' },
]

describe('parseReference', () => {
  test.each(GOOD)('reads $text', ({ text, reference }) => {
    expect(parseReference(text)).toEqual(reference)
  })

  test.each(BAD)('refuses $name', ({ text, says }) => {
    const fault = faultOf(() => parseReference(text))
    expect(fault.code).toBe('INPUT_INVALID')
    expect(fault.message).toContain(says)
    expect(fault.message).toMatch(/^Image ".*": .+, expected .+, got .+$/)
    expect(fault.message).toMatch(/^[\u0020-\u007E]{1,700}$/)
  })

  test.each(['https://me:hunter22@ghcr.io/shop/web', 'me:hunter22@ghcr.io/shop/web', 'me:hunter22!@ghcr.io/shop/web'])(
    'does not repeat the password of %s',
    (text) => {
      expect(faultOf(() => parseReference(text)).message).not.toContain('hunter22')
    },
  )
})

describe('formatReference', () => {
  test.each(GOOD)('gives $text back as it was written', ({ text }) => {
    expect(formatReference(parseReference(text))).toBe(text)
  })

  test('writes what was put together by hand the shortest way', () => {
    expect(formatReference({ registry: 'docker.io', repository: 'library/nginx', tag: '1' })).toBe('nginx:1')
  })
})

describe('withDigest', () => {
  test.each([
    { text: 'ghcr.io/shop/web:1.2', pinned: `ghcr.io/shop/web:1.2@${DIGEST}` },
    { text: 'nginx', pinned: `nginx@${DIGEST}` },
    { text: 'docker.io/library/nginx:1', pinned: `docker.io/library/nginx:1@${DIGEST}` },
    { text: `web:1@sha256:${'0'.repeat(64)}`, pinned: `web:1@${DIGEST}` },
  ])('pins $text', ({ text, pinned }) => {
    expect(withDigest(parseReference(text), DIGEST)).toBe(pinned)
  })

  test('refuses what is no digest', () => {
    expect(faultOf(() => withDigest(parseReference('web:1'), 'latest')).message).toBe(
      'Image "web:1": cannot be pinned, expected sha256: and 64 hexadecimal digits in lower case, got "latest"',
    )
  })
})

describe('sameRepository', () => {
  test.each([
    { one: 'nginx:1', other: 'docker.io/library/nginx:2', same: true },
    { one: 'GHCR.io/shop/web', other: `ghcr.io/shop/web@${DIGEST}`, same: true },
    { one: 'ghcr.io/shop/web', other: 'ghcr.io/shop/web-b', same: false },
    { one: 'ghcr.io/shop/web', other: 'quay.io/shop/web', same: false },
    { one: 'localhost:5000/web', other: 'localhost:5001/web', same: false },
  ])('says $same of $one and $other', ({ one, other, same }) => {
    expect(sameRepository(parseReference(one), parseReference(other))).toBe(same)
  })
})

describe('shortReference', () => {
  test.each([
    { text: `web:1.2@${DIGEST}`, short: 'web:1.2@sha256:9f2c1ab04d11...' },
    { text: DIGEST, short: 'sha256:9f2c1ab04d11...' },
    { text: `${DIGEST} and ${DIGEST}`, short: 'sha256:9f2c1ab04d11... and sha256:9f2c1ab04d11...' },
    { text: 'web:1.2', short: 'web:1.2' },
    { text: 'no reference at all', short: 'no reference at all' },
  ])('writes $short', ({ text, short }) => {
    expect(shortReference(text)).toBe(short)
  })
})

function faultOf(act: () => unknown): Fault {
  try {
    act()
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
  throw new Error('expected a Fault, got a result')
}
