import { X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bedCertificates, issueCertificates } from '../src/access/certificates.ts'

describe('issueCertificates', () => {
  let folder = ''
  const read = async (name: string) => new X509Certificate(await readFile(join(folder, `${name}.crt`)))
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'certificates-'))
    await issueCertificates(folder)
  })
  afterAll(() => rm(folder, { recursive: true }))

  test('the authority signs every certificate, and is the only one that may', async () => {
    const authority = await read('ca')
    expect(authority.ca).toBe(true)
    for (const { name } of bedCertificates) {
      const certificate = await read(name)
      expect({ name, ca: certificate.ca, issued: certificate.checkIssued(authority), verified: certificate.verify(authority.publicKey) }).toEqual({
        name,
        ca: false,
        issued: true,
        verified: true,
      })
    }
  })

  test('the API server is vouched for by every address it is reached at', async () => {
    const certificate = await read('apiserver')
    const addresses = ['127.0.0.1', '10.200.0.1', '10.96.0.1']
    expect(addresses.map((address) => certificate.checkIP(address))).toEqual(addresses)
    expect(certificate.checkHost('kubernetes.default.svc')).toBe('kubernetes.default.svc')
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
  })

  test('the administrator is in the group that may do everything', async () => {
    const certificate = await read('admin')
    expect(certificate.subject).toBe('O=system:masters\nCN=admin-certificate')
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2'])
  })
})
