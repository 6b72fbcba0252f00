export * from './access.ts'
export * from './refusals.ts'
