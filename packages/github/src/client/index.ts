export * from './open-github.ts'
