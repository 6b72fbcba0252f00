/** What a run holds the lock of an app for. */
export type LockPurpose = 'release' | 'rollback' | 'reap' | 'eject' | 'wind-up'

const PURPOSES: readonly string[] = ['release', 'rollback', 'reap', 'eject', 'wind-up'] satisfies readonly LockPurpose[]
const BREAKABLE: readonly (LockPurpose | undefined)[] = ['release', 'wind-up', 'reap']

/** Tells whether a run may take the lock from a living one: a rollback from a release and from what clears up after one. Another rollback is waited for, and so is whatever cannot be told. */
export function breaksLockOf(own: LockPurpose, other: LockPurpose | undefined): boolean {
  return own === 'rollback' && BREAKABLE.includes(other)
}

/** Reads a purpose as it was written down; undefined for whatever we would not write. */
export function readPurpose(text: string | undefined): LockPurpose | undefined {
  return PURPOSES.includes(text ?? '') ? (text as LockPurpose) : undefined
}
