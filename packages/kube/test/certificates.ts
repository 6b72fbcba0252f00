import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Pair {
  readonly cert: string
  readonly key: string
}

export interface Authority {
  /** PEM. */
  readonly ca: string
  /** Signs a certificate for 127.0.0.1 and localhost, or for another name. */
  issue(subject: string, options?: { readonly names?: string; readonly days?: number }): Pair
}

/** Makes a certificate authority with openssl, in a folder that is gone afterwards. */
export function makeAuthority(name: string): Authority {
  const own = inFolder((folder) => {
    openssl(
      folder,
      ...KEY,
      '-x509',
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      'ca.key',
      '-out',
      'ca.crt',
      '-addext',
      'basicConstraints=critical,CA:TRUE',
    )
    return { ca: read(folder, 'ca.crt'), key: read(folder, 'ca.key') }
  })
  return {
    ca: own.ca,
    issue: (subject, { names = 'IP:127.0.0.1,DNS:localhost', days = 1 } = {}) =>
      inFolder((folder) => {
        writeFileSync(join(folder, 'ca.crt'), own.ca)
        writeFileSync(join(folder, 'ca.key'), own.key)
        writeFileSync(join(folder, 'extensions'), `subjectAltName=${names}\n`)
        openssl(folder, ...KEY, '-subj', `/O=testers/CN=${subject}`, '-keyout', 'own.key', '-out', 'own.csr')
        openssl(
          folder,
          'x509',
          '-req',
          '-in',
          'own.csr',
          '-CA',
          'ca.crt',
          '-CAkey',
          'ca.key',
          '-CAcreateserial',
          '-days',
          String(days),
          '-extfile',
          'extensions',
          '-out',
          'own.crt',
        )
        return { cert: read(folder, 'own.crt'), key: read(folder, 'own.key') }
      }),
  }
}

const KEY = ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

function inFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'))
  try {
    return work(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function openssl(folder: string, ...words: readonly string[]): void {
  execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' })
}

function read(folder: string, file: string): string {
  return readFileSync(join(folder, file), 'utf8')
}
