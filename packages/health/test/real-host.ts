import { tmpdir } from 'node:os'
import { systemClock, type Host } from '@fairlead/base'

/** The machine a test against a real cluster runs on. Fails where nobody says which cluster: such a test is never skipped in silence. */
export function realHost(): Host {
  if (process.env['KUBECONFIG'] === undefined) throw new Error('KUBECONFIG is not set, expected it to name a real cluster')
  return {
    environment: process.env,
    workspace: process.cwd(),
    temporaryFolder: tmpdir(),
    origin: { holder: 'ann@laptop #1', actor: 'ann' },
    clock: systemClock,
    signal: new AbortController().signal,
    mask: () => undefined,
  }
}
