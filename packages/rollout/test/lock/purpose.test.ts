import { describe, expect, test } from 'vitest'
import { breaksLockOf, leaseReference, lockAccess, type LockPurpose } from '../../src/lock/index.ts'

const ALL: readonly LockPurpose[] = ['release', 'rollback', 'reap', 'eject', 'wind-up']

describe('breaksLockOf', () => {
  test('lets a rollback break a release and what clears up after one, and nobody anything else', () => {
    const broken = ALL.flatMap((own) => [...ALL, undefined].filter((other) => breaksLockOf(own, other)).map((other) => `${own} breaks ${other}`))
    expect(broken).toEqual(['rollback breaks release', 'rollback breaks reap', 'rollback breaks wind-up'])
  })
})

describe('lockAccess', () => {
  test('is limited to the one Lease that is the lock', () => {
    expect(lockAccess('web')).toEqual([{ group: 'coordination.k8s.io', resource: 'leases', verbs: ['get', 'create', 'update'], names: ['fairlead.web'] }])
    expect(leaseReference('shop', 'web')).toMatchObject({ namespace: 'shop', name: 'fairlead.web' })
  })
})
