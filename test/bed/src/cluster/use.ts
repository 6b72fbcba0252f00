import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import type { Cluster, RunOptions } from './cluster.ts'
import { readCredentials } from '../access/credentials.ts'
import { Failure } from '../failure.ts'
import { packTestImage, type TestImage } from '../images/images.ts'
import { kindLoad } from './kind.ts'
import { bedPaths } from '../machine/layout.ts'
import { enterCommand } from '../machine/namespace.ts'
import { archive } from '../images/oci.ts'
import { childrenOf } from '../machine/process-identity.ts'
import { insideVariable, isInside, type BedRecord, type ClusterRecord } from './record.ts'

/** The cluster a record speaks of. `down` is given by who knows whether it is theirs to take down. */
export async function useCluster(record: ClusterRecord, down: () => Promise<void>): Promise<Cluster> {
  const kubeconfig = record.kind === 'given' ? record.kubeconfig : join(bedPaths(record.folder).kube, 'config')
  const run = (command: string, args: readonly string[], options: RunOptions = {}) => {
    const env = clusterEnvironment(record, kubeconfig, options.env ?? process.env)
    return record.kind === 'bed' ? runInside(record, [command, ...args], { ...options, env }) : runBeside([command, ...args], { ...options, env })
  }
  const loadImage = (image: TestImage) => load(record, image, run)
  const base = { kind: record.kind, name: record.name, kubeconfig, run, loadImage, down }
  return record.kind === 'bed' ? { ...base, credentials: await readCredentials(record.folder) } : base
}

/** The environment of a program that uses the cluster. */
export function clusterEnvironment(record: ClusterRecord, kubeconfig: string, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    ...environment,
    KUBECONFIG: kubeconfig,
    // Two beds have the same address: what kubectl remembers of one must not be believed of the other.
    KUBECACHEDIR: join(bedPaths(record.folder).kube, 'cache'),
    PATH: `${record.bin}:${environment.PATH ?? ''}`,
    ...(record.kind === 'bed' ? { [insideVariable]: record.name, NO_PROXY: '*', no_proxy: '*' } : {}),
  }
}

function runBeside([command = '', ...args]: readonly string[], options: RunOptions): ChildProcess {
  return spawn(command, args, spawnOptions(options))
}

/** Enters the bed's namespaces, unless the caller is in them already. */
function runInside(record: BedRecord, command: readonly string[], options: RunOptions): ChildProcess {
  if (isInside(record.name)) return runBeside(command, options)
  const [enter = '', ...rest] = enterCommand(record.first.pid, options.cwd ?? process.cwd(), command)
  const child = spawn(enter, rest, { ...spawnOptions(options), cwd: '/' })
  return Object.assign(child, { kill: (signal?: NodeJS.Signals | number) => killInside(child, signal) })
}

/** nsenter only waits: a signal must reach the program it has started, whose number it does not tell. */
function killInside(child: ChildProcess, signal: NodeJS.Signals | number = 'SIGTERM'): boolean {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return false
  void childrenOf(child.pid).then((pids) => {
    for (const pid of pids.length > 0 ? pids : [child.pid as number]) {
      try {
        process.kill(pid, signal)
      } catch {
        // it has ended by itself meanwhile
      }
    }
  })
  return true
}

function spawnOptions(options: RunOptions) {
  return {
    env: options.env,
    stdio: typeof options.stdio === 'string' ? options.stdio : [...(options.stdio ?? (['pipe', 'pipe', 'pipe'] as const))],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  }
}

type Run = (command: string, args: readonly string[], options?: RunOptions) => ChildProcess

async function load(record: ClusterRecord, image: TestImage, run: Run): Promise<string> {
  switch (record.kind) {
    case 'bed': {
      const push = join(import.meta.dirname, '../images/push.ts')
      return (await finished(run(process.execPath, [push, JSON.stringify(image), record.shop], { stdio: ['ignore', 'pipe', 'pipe'] }))).trim()
    }
    case 'kind': {
      await kindLoad(record, archive(await packTestImage(image, record.shop)))
      return image.reference
    }
    case 'given':
      throw new Failure(`image "${image.reference}": cannot be loaded into a cluster given by a kubeconfig; push it to a registry that cluster pulls from`)
  }
}

/** The standard output of a child that must end well. */
function finished(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const [output, errors]: string[][] = [[], []]
    child.stdout?.on('data', (text) => output?.push(String(text)))
    child.stderr?.on('data', (text) => errors?.push(String(text)))
    child.once('error', reject)
    child.once('close', (code) => (code === 0 ? resolve((output ?? []).join('')) : reject(new Failure(`exit code ${code}: ${(errors ?? []).join('')}`))))
  })
}
