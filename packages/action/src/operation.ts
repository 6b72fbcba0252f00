import type { Host, Problem } from '@fairlead/base'
import type { InputSchema, Values } from './input.ts'
import type { Report } from './report.ts'

/** What an operation may use while it touches the world. */
export interface Run<Ports> {
  readonly ports: Ports
  readonly host: Host
  /** Prints a line of progress. The text is made harmless on the way. */
  say(line: string): void
  /** Keeps, for `windUp`, what this run would leave on its way if it ended now; empty, nothing. Written before the first effect, since a run may be killed at any time. */
  leave(text: string): void
}

/**
 * One action, told in five steps of which only `observe` and `execute` touch the world.
 *
 * The same operation runs on the Actions runner, on a terminal and in a test; it never knows on which.
 * A "no" (unhealthy, check failed, deadline passed) is an outcome and goes through `report`; only what keeps us from doing our job is thrown, as a Fault.
 */
export interface Operation<Schema extends InputSchema, Ports, Snapshot, Plan, Outcome> {
  readonly name: string
  /** What the action does, in one sentence. */
  readonly description: string
  readonly inputs: Schema
  /** Names of outputs with what they hold. */
  readonly outputs: Readonly<Record<string, string>>
  /** Rules between inputs; pure. */
  validate?(inputs: Values<Schema>): readonly Problem[]
  /** Reads everything the decision needs, once. */
  observe(inputs: Values<Schema>, run: Run<Ports>): Promise<Snapshot>
  /** Decides; synchronous, without clock, randomness or IO. */
  plan(inputs: Values<Schema>, snapshot: Snapshot): Plan
  execute(plan: Plan, run: Run<Ports>): Promise<Outcome>
  report(plan: Plan, outcome: Outcome): Report
  /** Brings to an end, when the job is over, what an earlier run of the same step has left. An operation without it leaves nothing. */
  windUp?(left: string, inputs: Values<Schema>, run: Run<Ports>): Promise<Report>
}

/** An operation whatever its parts are made of. */
// oxlint-disable-next-line typescript/no-explicit-any -- the parts fit each other inside; from outside nobody looks in
export type AnyOperation<Schema extends InputSchema, Ports> = Operation<Schema, Ports, any, any, any>
