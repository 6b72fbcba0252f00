import { spawn } from 'node:child_process'

/** The namespace everything happens in. */
export const NAMESPACE = 'fairlead-demo'

/** Makes the namespace, empty: what an earlier demo has left there is deleted first. */
export async function makePlace(): Promise<void> {
  await kubectl('delete', 'namespace', NAMESPACE, '--ignore-not-found', '--wait')
  await kubectl('create', 'namespace', NAMESPACE)
}

/** Deletes the namespace, without waiting for its end. */
export async function removePlace(): Promise<void> {
  await kubectl('delete', 'namespace', NAMESPACE, '--ignore-not-found', '--wait=false')
}

/** Where users of a Service inside the cluster ask. */
export async function addressOf(service: string): Promise<string> {
  const address = await kubectl('-n', NAMESPACE, 'get', 'service', service, '-o', 'jsonpath={.spec.clusterIP}')
  return `http://${address.includes(':') ? `[${address}]` : address}`
}

async function kubectl(...args: readonly string[]): Promise<string> {
  const child = spawn('kubectl', args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let [output, complaint] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${complaint.trim()}`)
  return output
}
