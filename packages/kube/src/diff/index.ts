export * from './object-diff.ts'
