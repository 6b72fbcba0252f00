import { describe, expect, test } from 'vitest'
import { cgroupMounts } from '../src/machine/cgroup.ts'
import { serverOf } from '../src/cluster/given.ts'
import { identify, isAlive, statFields } from '../src/machine/process-identity.ts'
import { sumOf } from '../src/binaries/release.ts'
import { clusterName } from '../src/cluster/resolve.ts'
import { isRecent } from '../src/binaries/toolchain.ts'
import { until } from '../src/machine/until.ts'

describe('statFields', () => {
  const rest = `S 1 ${Array.from({ length: 17 }, (_, index) => index).join(' ')} 4711 8192`

  test.each(['node', 'a b', 'odd) S 9 (name'])('reads state and start time behind the name "%s"', (name) => {
    expect(statFields(`42 (${name}) ${rest}`)).toEqual({ state: 'S', startTime: '4711' })
  })

  test('gives nothing for a process that is gone', () => {
    expect(statFields('')).toBeUndefined()
  })
})

describe('isAlive', () => {
  test('knows this process, and that a later one with its number would be another', async () => {
    const self = await identify(process.pid)
    expect(self?.pid).toBe(process.pid)
    expect(await isAlive({ pid: process.pid, startTime: self?.startTime ?? '' })).toBe(true)
    expect(await isAlive({ pid: process.pid, startTime: '1' })).toBe(false)
  })
})

describe('cgroupMounts', () => {
  const first = 'cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0\ncgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0'
  const second = (path: string) => `cgroup2 ${path} cgroup2 rw 0 0`

  test.each([
    ['version 1', first, { all: ['/sys/fs/cgroup/cpu', '/sys/fs/cgroup/memory'], controlled: ['/sys/fs/cgroup/cpu', '/sys/fs/cgroup/memory'] }],
    ['version 2', second('/sys/fs/cgroup'), { all: ['/sys/fs/cgroup'], controlled: ['/sys/fs/cgroup'] }],
    [
      'both',
      `${first}\n${second('/sys/fs/cgroup/unified')}`,
      {
        all: ['/sys/fs/cgroup/cpu', '/sys/fs/cgroup/memory', '/sys/fs/cgroup/unified'],
        controlled: ['/sys/fs/cgroup/cpu', '/sys/fs/cgroup/memory'],
      },
    ],
  ])('reads a machine with %s', (_, mounts, expected) => {
    expect(cgroupMounts(mounts)).toEqual(expected)
  })
})

describe('isRecent', () => {
  test.each([
    ['go version go1.26.8 linux/amd64', true],
    ['go version go1.27rc1 linux/arm64', true],
    ['go version go2.0 linux/amd64', true],
    ['go version go1.19.8 linux/amd64', false],
    ['command not found', false],
  ])('%s: %s', (version, expected) => {
    expect(isRecent(version)).toBe(expected)
  })
})

describe('sumOf', () => {
  test('finds the checksum of a file, in text and in binary form', () => {
    const sums = 'aa  etcd-linux-arm64.tar.gz\nbb *etcd-linux-amd64.tar.gz\n'
    expect(sumOf(sums, 'etcd-linux-amd64.tar.gz')).toBe('bb')
    expect(sumOf(sums, 'etcd-linux-arm64.tar.gz')).toBe('aa')
    expect(sumOf(sums, 'etcd')).toBeUndefined()
  })
})

describe('serverOf', () => {
  test('names server and context, as the question shows them', () => {
    const kubeconfig = 'current-context: live\nclusters:\n- cluster:\n    server: https://10.0.0.1:6443\n  name: live\n'
    expect(serverOf(kubeconfig)).toBe('https://10.0.0.1:6443 (context live)')
    expect(serverOf('')).toBe('an unnamed server')
  })
})

describe('clusterName', () => {
  test('is the option, else FAIRLEAD_BED, else "default"', () => {
    expect([clusterName('a', { FAIRLEAD_BED: 'b' }), clusterName(undefined, { FAIRLEAD_BED: 'b' }), clusterName(undefined, {})]).toEqual(['a', 'b', 'default'])
  })

  test.each(['', '../etc', 'Upper', 'default.lock'])('refuses "%s", which would become part of a path', (name) => {
    expect(() => clusterName(name, {})).toThrow('expected up to 32 small letters')
  })
})

describe('until', () => {
  test('gives the first answer, whatever failed before it', async () => {
    let asked = 0
    expect(
      await until({ what: 'an answer', seconds: 5 }, async () => {
        asked += 1
        if (asked === 1) throw new Error('not yet')
        return asked === 3 ? 'here' : undefined
      }),
    ).toBe('here')
  })

  test('ends with the last words of what it waited for', async () => {
    await expect(
      until({ what: 'the node', seconds: 0.1 }, async () => {
        throw new Error('no network')
      }),
    ).rejects.toThrow('waited for the node: expected it within 0.1 s, got: no network')
  })

  test('ends at once, with the reason, when waiting has become pointless', async () => {
    const crash = new AbortController()
    crash.abort(new Error('etcd ended'))
    await expect(until({ what: 'the node', seconds: 60, signal: crash.signal }, async () => undefined)).rejects.toThrow('etcd ended')
  })
})
