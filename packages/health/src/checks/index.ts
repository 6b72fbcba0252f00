export * from './check.ts'
export * from './parse-checks.ts'
export * from './run-checks.ts'
