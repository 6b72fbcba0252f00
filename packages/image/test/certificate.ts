import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Makes a certificate for host names that signs itself, so that it is its own authority. In a folder that is gone afterwards. */
export function selfSigned(...names: readonly string[]): { readonly cert: string; readonly key: string } {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'))
  const alternatives = `subjectAltName=${names.map((name) => (/^[\d.]+$/.test(name) ? `IP:${name}` : `DNS:${name}`)).join(',')}`
  const key = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  try {
    execFileSync('openssl', [...key, '-subj', '/CN=registry', '-addext', alternatives, '-keyout', 'own.key', '-out', 'own.crt'], { cwd: folder, stdio: 'pipe' })
    return { cert: readFileSync(join(folder, 'own.crt'), 'utf8'), key: readFileSync(join(folder, 'own.key'), 'utf8') }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
