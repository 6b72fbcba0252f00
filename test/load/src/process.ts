import type { Readable } from 'node:stream'
import type { Cluster } from '@fairlead/bed'
import { endOf, type Client } from './client.ts'

/** Runs the program beside the cluster's own, where its addresses answer: on the bed inside its namespaces. It ends with its caller. */
export function runProcess(cluster: Cluster, program: string, args: readonly string[]): Client {
  const child = cluster.run(program, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  const ended = endOf(child, 'load client')
  child.stdin?.on('error', () => undefined) // it may have ended by itself
  return {
    output: child.stdout as Readable,
    ended,
    stop: async () => void child.stdin?.end(),
  }
}
