import { BlockList, isIPv6 } from 'node:net'

/**
 * Answers why a URL check may not ask an address, or undefined when it may.
 *
 * Link-local addresses, where clouds keep a machine's credentials, are never asked. This machine's own only where an input allows it.
 * Private networks are asked: a self-hosted runner stands in one.
 */
export function forbiddenAddress(address: string, allowLocal: boolean): string | undefined {
  const family = isIPv6(address) ? 'ipv6' : 'ipv4'
  if (linkLocal.check(address, family)) return `${address} is link-local, where clouds keep a machine's credentials`
  if (!allowLocal && loopback.check(address, family)) return `${address} is this machine itself; allow-local-url: true permits it`
  return undefined
}

const linkLocal = new BlockList()
linkLocal.addSubnet('169.254.0.0', 16)
linkLocal.addSubnet('fe80::', 10, 'ipv6')
linkLocal.addAddress('fd00:ec2::254', 'ipv6')
// Alibaba's place for the same.
linkLocal.addAddress('100.100.100.200')

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8)
loopback.addAddress('::1', 'ipv6')
loopback.addSubnet('0.0.0.0', 8)
loopback.addAddress('::', 'ipv6')
