import { describe, expect, test } from 'vitest'
import { parseRequest } from '../src/arguments.ts'

describe('parseRequest', () => {
  test.each([
    ['up', { verb: 'up', yes: false }],
    ['up --name second --die-with 42', { verb: 'up', yes: false, name: 'second', dieWith: 42 }],
    ['up --kubeconfig /a/config --yes', { verb: 'up', yes: true, kubeconfig: '/a/config' }],
    ['up --kind bed', { verb: 'up', yes: false, kind: 'bed' }],
    ['down', { verb: 'down' }],
    ['status --name=second', { verb: 'status', name: 'second' }],
    ['exec ls -la --name x', { verb: 'exec', command: 'ls', args: ['-la', '--name', 'x'] }],
    ['exec --name second -- ls -- -la', { verb: 'exec', name: 'second', command: 'ls', args: ['--', '-la'] }],
    ['kubectl --name x exec pod -- sh', { verb: 'exec', command: 'kubectl', args: ['--name', 'x', 'exec', 'pod', '--', 'sh'] }],
    ['', { verb: 'help' }],
  ])('reads "%s"', (line, expected) => {
    expect(parseRequest(line.split(' ').filter(Boolean))).toEqual(expected)
  })

  test.each([
    ['frob', 'expected up, down, status, exec or kubectl, got "frob"'],
    ['exec', 'exec: expected a command, got none'],
    ['up --kind k3s', '--kind: expected bed or kind, got "k3s"'],
    ['up --die-with soon', '--die-with: expected the number of a process, got "soon"'],
    ['down --yes', "Unknown option '--yes'"],
  ])('refuses "%s" and says why', (line, reason) => {
    expect(() => parseRequest(line.split(' '))).toThrow(reason)
  })
})
