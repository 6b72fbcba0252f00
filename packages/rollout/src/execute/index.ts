export * from './effects.ts'
export * from './execute.ts'
export * from './run-rollout.ts'
