import type { Clock, Fault, Transport } from '@fairlead/base'
import type { HealthReport } from '@fairlead/health'
import type { CheckResult } from '@fairlead/health/checks'
import type { AccessRule, Cluster, KubeObject } from '@fairlead/kube'
import type { Backend, MoveProof, OpenProof } from '@fairlead/traffic'
import type { Step } from '../plan/step.ts'
import type { Standing } from '../standing/index.ts'
import type { Known } from '../steps/fenced.ts'
import type { Journals } from './journals.ts'

/** What came of a step. A step that was refused by the facts is a result; only what keeps us from doing our job is thrown. */
export interface StepResult {
  readonly ok: boolean
  /** One sentence: what was done, found or refused. */
  readonly text: string
  /** It found things as only another run leaves them. */
  readonly isDoubtful?: true
  readonly proof?: MoveProof & { readonly service: string }
  readonly health?: HealthReport
  readonly checks?: readonly CheckResult[]
}

/** A move that was made in this run, with the watches that show what came of it. */
export interface MadeMove {
  readonly label: string
  readonly proof: OpenProof
}

/** What steps work with, and what they leave for those after them. */
export interface Effects {
  readonly cluster: Cluster
  readonly web: Transport
  readonly clock: Clock
  /** Ends what is waited for: the run was stopped, its lock is lost, or its time is over. */
  readonly signal: AbortSignal
  /** Aborted with the reason when the lock is not ours any more. */
  readonly lost: AbortSignal
  /** Asks who holds the lock of an app at this moment: a Fault (CONFLICT) where it is not us. */
  loss(app: string): Promise<Fault | undefined>
  /** Leaves the locks to expire, since something may still be on its way. */
  abandon(): void
  /** Aborted when the time this execution has is over. */
  readonly late: AbortSignal
  readonly namespace: string
  readonly journals: Journals
  /** Prints a line of progress. */
  say(line: string): void
  /** How an app stood when the plan was made. */
  standing(app: string): Standing
  /** The Service of an app as it was last read or written. */
  readonly services: Map<string, KubeObject>
  readonly moves: Map<string, MadeMove>
  readonly results: Map<Step, StepResult>
  /** What Pods were seen to run, by app, where the template names no digest. */
  readonly running: Map<string, readonly string[]>
  /** The slot Deployments this run has seen, by name. */
  readonly known: Map<string, Known>
  /** The generation that our last write of a workload returned, by kind and name. */
  readonly generations: Map<string, { readonly generation: number; readonly uid: string }>
}

/** What one kind of step means. */
export interface StepKind<S extends Step> {
  /** The step in one line. */
  describe(step: S): string
  /** How it is taken back, where it can be. */
  undo?(step: S): string
  /** It changes something the journal does not say by itself: what is begun is written down before. */
  readonly writesAhead?: true
  /** The rights it needs, in the namespace of the app. */
  access(step: S): readonly AccessRule[]
  execute(step: S, effects: Effects): Promise<StepResult>
}

/** A backend with the ReplicaSet that a hold has found meanwhile. */
export function resolved(backend: Backend, app: string, { journals }: Pick<Effects, 'journals'>): Backend {
  const hash = journals.of(app).adoption?.hash
  return backend.type === 'adopted' && backend.hash === '' && hash !== undefined ? { type: 'adopted', hash } : backend
}
