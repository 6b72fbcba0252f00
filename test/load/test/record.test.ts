import { describe, expect, test } from 'vitest'
import { readLine } from '../src/record.ts'

describe('readLine', () => {
  test.each([
    ['the first line', '{"started":1795247621858.13}', { kind: 'started' }],
    [
      'a good answer',
      '{"at":10.25,"took":2.5,"shape":"connection","version":"1","pod":"a"}',
      { kind: 'record', record: { at: 10.25, took: 2.5, shape: 'connection', version: '1', pod: 'a' } },
    ],
    [
      'a loss',
      '{"at":10,"took":1,"shape":"keep-alive","lost":"refused","error":"dial tcp: refused","retried":true}',
      { kind: 'record', record: { at: 10, took: 1, shape: 'keep-alive', lost: 'refused', error: 'dial tcp: refused', retried: true } },
    ],
    ['the last line', '{"done":true,"sent":7,"ended":"most","late":3.15}', { kind: 'end', end: { sent: 7, ended: 'most', late: 3.15 } }],
    ['words of somebody else', 'failed to watch file "/var/log/pods/0.log"', undefined],
    ['half a line', '{"at":10,"took":}', undefined],
  ])('reads %s', (_, line, expected) => {
    expect(readLine(line)).toEqual(expected)
  })
})
