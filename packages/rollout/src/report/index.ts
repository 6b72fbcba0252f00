export * from './describe-plan.ts'
export { versionOutputs } from './outputs.ts'
export * from './rollout-report.ts'
