/**
 * Is it healthy, and if not, the one sentence why. This is the only door; in reading order:
 *
 * 1. `health.ts`, `target.ts`, `diagnosis.ts`, `report.ts`: the words of questions and answers; `explanation.ts` tells them to people.
 * 2. `await-healthy.ts`: the whole wait on one page. It looks, judges, and looks again.
 * 3. `seeing/`: the cluster as a `View`, listed once (`list-view.ts`) or followed (`followed-view.ts`). Decides nothing.
 * 4. `judging/judged-targets.ts`, `judge.ts`: all targets at one look, then one of them. Pure: reads no cluster, no clock.
 * 5. `judging/assess.ts` and `kinds/`: the status an object shows at one moment, one file for each kind.
 * 6. `judging/examine.ts` and `causes/`: what is wrong with its Pods, one file for each cause; `diagnose.ts` picks the first.
 * 7. `judging/history.ts`: what only several looks show, such as a second exit or a readiness that flaps.
 * 8. `reading/`: fields, conditions, containers and Events of objects of any shape. `checks/` is a door of its own.
 */
export { assess } from './judging/assess.ts'
export type { AssessOptions, Assessment } from './judging/assessment.ts'
export * from './await-healthy.ts'
export * from './diagnosis.ts'
export * from './explanation.ts'
export * from './judging/first-cause.ts'
export * from './health.ts'
export * from './healthy-pods.ts'
export { isReady } from './kinds/pod.ts'
export * from './report.ts'
export { surroundingsOf, type SurroundingKind, type Surroundings } from './seeing/surroundings.ts'
export * from './target.ts'
