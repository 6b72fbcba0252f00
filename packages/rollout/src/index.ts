/**
 * What happens to a running application. In reading order:
 *
 * 1. `release/`: what it is to become, from manifests or from an image. Pure.
 * 2. `standing/`: how it stands, read once; and what the journal remembers (`journal/`).
 * 3. `plan/`: what is to be done: a release, a rollback, or the one way back out of anything unfinished. Pure.
 * 4. `preflight/`: why it cannot be done, before anything is.
 * 5. `steps/`: one room for each kind of step: its words, the rights it needs, its effects.
 * 6. `execute/`: carries out any plan under its locks, and takes it back when a step is refused.
 *
 * Beside them: `lock/` keeps two runs apart, `order/` keeps older releases from replacing newer ones, `records/` keeps what a way back needs.
 */
export * from './execute/index.ts'
export * from './inputs.ts'
export * from './journal/index.ts'
export * from './lock/index.ts'
export * from './order/index.ts'
export * from './plan/index.ts'
export * from './preflight/index.ts'
export * from './release/index.ts'
export * from './report/index.ts'
export * from './records/index.ts'
export * from './standing/index.ts'
export { accessOf, describeStep, undoOf } from './steps/index.ts'
