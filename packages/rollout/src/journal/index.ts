export * from './journal.ts'
export * from './journal-store.ts'
