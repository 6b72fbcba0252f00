export * from './access.ts'
export * from './open-pointer.ts'
export * from './refusals.ts'
export * from './read-archives.ts'
