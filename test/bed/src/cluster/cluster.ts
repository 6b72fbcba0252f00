import type { ChildProcess } from 'node:child_process'
import type { Credentials } from '../access/credentials.ts'
import type { TestImage } from '../images/images.ts'

/** A cluster that is up, whichever kind it is: what tests, the demo and the command line use. */
export interface Cluster {
  readonly kind: 'bed' | 'kind' | 'given'
  readonly name: string
  /** A kubeconfig file with every right. On the bed it is of use only to what `run` starts. */
  readonly kubeconfig: string
  /** Further ways to sign in; only the bed has them. */
  readonly credentials?: Credentials
  /**
   * Starts a program that can reach the cluster, with KUBECONFIG set and kubectl on PATH: on the bed inside its
   * namespaces, where Pod and Service addresses answer too. `kill` reaches the program itself. It ends with its caller.
   */
  run(command: string, args: readonly string[], options?: RunOptions): ChildProcess
  /** Makes an image available under its reference and gives the reference to use, by digest where there is a registry. */
  loadImage(image: TestImage): Promise<string>
  /** Takes the cluster down if this call of `resolveCluster` brought it up; otherwise does nothing. */
  down(): Promise<void>
}

/** How `Cluster.run` starts a program; what is left out is the caller's own. */
export interface RunOptions {
  readonly cwd?: string
  /** The program's environment instead of the caller's; KUBECONFIG and PATH are set in it either way. */
  readonly env?: NodeJS.ProcessEnv
  readonly stdio?: 'inherit' | 'pipe' | 'ignore' | readonly ('inherit' | 'pipe' | 'ignore' | number)[]
}
