import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { Cluster } from '@fairlead/bed'
import { endOf, type Client } from './client.ts'

/** What the Pod runs, and where. */
export interface PodOptions {
  readonly program: string
  readonly args: readonly string[]
  readonly namespace: string
  /** How long requests in flight may take once it is told to stop. */
  readonly graceSeconds: number
}

/**
 * Runs the program as a Pod and follows its log: works on any cluster that takes images. Does not end with its caller:
 * a Pod whose caller was killed asks on until its bound on requests.
 */
export async function runPod(cluster: Cluster, { program, args, namespace, graceSeconds }: PodOptions): Promise<Client> {
  const image = await cluster.loadImage({ reference: '127.0.0.1:5000/load:1', program })
  const name = `load-${randomBytes(3).toString('hex')}`
  const kubectl = (verb: readonly string[], input = '') => runKubectl(cluster, ['-n', namespace, ...verb], input)
  const remove = () => kubectl(['delete', 'pod', name, '--wait=false', '--ignore-not-found'])
  await kubectl(['apply', '-f', '-'], JSON.stringify(manifest({ name, image, args, graceSeconds })))
  try {
    await kubectl(['wait', `pod/${name}`, '--for=condition=Ready', '--timeout=60s'])
  } catch (error) {
    await remove()
    throw error
  }
  const log = cluster.run('kubectl', ['-n', namespace, 'logs', '--follow', name], { stdio: ['ignore', 'pipe', 'pipe'] })
  return { output: log.stdout as Readable, ended: endOf(log, `log of Pod "${namespace}/${name}"`), stop: remove }
}

interface Pod {
  readonly name: string
  readonly image: string
  readonly args: readonly string[]
  readonly graceSeconds: number
}

/** A Pod's standard input ends at once, so there it does not count. */
function manifest({ name, image, args, graceSeconds }: Pod): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { 'app.kubernetes.io/name': 'fairlead-load' } },
    spec: {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: graceSeconds,
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'load',
          image,
          args: [...args, '-attended=false'],
          securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
        },
      ],
    },
  }
}

function runKubectl(cluster: Cluster, args: readonly string[], input: string): Promise<void> {
  const child = cluster.run('kubectl', args, { stdio: ['pipe', 'ignore', 'pipe'] })
  const ended = endOf(child, `kubectl ${args.join(' ')}`)
  child.stdin?.on('error', () => undefined) // the exit code says it
  child.stdin?.end(input)
  return ended
}
