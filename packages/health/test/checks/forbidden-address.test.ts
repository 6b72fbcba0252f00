import { describe, expect, test } from 'vitest'
import { forbiddenAddress } from '../../src/checks/forbidden-address.ts'

describe('forbiddenAddress', () => {
  test.each(['169.254.169.254', '169.254.0.1', 'fe80::1', 'fd00:ec2::254', '100.100.100.200', '::ffff:169.254.169.254'])(
    'never lets %s be asked',
    (address) => {
      expect(forbiddenAddress(address, true)).toMatch(/link-local/)
    },
  )

  test.each(['127.0.0.1', '127.8.8.8', '::1', '0.0.0.0', '::', '::ffff:127.0.0.1'])('lets %s be asked only where that is allowed', (address) => {
    expect(forbiddenAddress(address, false)).toMatch(/this machine itself; allow-local-url: true permits it/)
    expect(forbiddenAddress(address, true)).toBeUndefined()
  })

  test.each(['10.0.0.1', '192.168.1.1', '93.184.216.34', '2606:2800:220:1::1', 'fd12::1'])('lets %s be asked', (address) => {
    expect(forbiddenAddress(address, false)).toBeUndefined()
  })
})
