export * from './observe.ts'
export * from './read-workload.ts'
export * from './roles.ts'
export * from './standing.ts'
