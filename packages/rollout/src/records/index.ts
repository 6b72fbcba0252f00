/**
 * What is remembered of releases that were accepted, one immutable ConfigMap each. In reading order:
 *
 * 1. `release-record.ts`: what a record says. `recorded-deployment.ts`: what of a release has to be kept to run it again.
 * 2. `record-object.ts`: how it is written into a ConfigMap, and read back without a guess. `record-store.ts`: where it is kept.
 * 3. `history.ts`: which of them are kept, and what goes with those that are not.
 */
export * from './archive.ts'
export * from './history.ts'
export * from './record-object.ts'
export * from './record-store.ts'
export * from './recorded-deployment.ts'
export * from './release-record.ts'
