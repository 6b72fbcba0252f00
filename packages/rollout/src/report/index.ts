export * from './describe-plan.ts'
export { versionOutputs } from './outputs.ts'
export { releaseIn, type Serving } from './serving.ts'
export * from './rollout-report.ts'
