export * from './check.ts'
export * from './parse-checks.ts'
export * from './respondent.ts'
export * from './run-checks.ts'
