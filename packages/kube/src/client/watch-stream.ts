import { TextDecoder } from 'node:util'
import { Fault } from '@fairlead/base'
import type { WatchEvent } from '../cluster.ts'
import { valueAt } from '../json-pointer.ts'
import type { KubeObject } from '../object.ts'
import { WatchExpired } from '../watch-expired.ts'
import type { Call } from './call.ts'
import { eventFault } from './server-fault.ts'

const NEWLINE = 10
const LONGEST_LINE = 64 * 1024 * 1024

/**
 * Reads a watch stream: one JSON event a line, however the bytes were cut. Ends where the server ended it between two events.
 * Throws WatchExpired on a 410 event, and UNAVAILABLE on anything it cannot read: a line is never skipped, since what it said would be missing for good.
 */
export async function* readWatch(chunks: AsyncIterable<Uint8Array>, call: Call): AsyncGenerator<WatchEvent> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  for await (const line of linesOf(chunks, call)) {
    const text = decode(decoder, line, call)
    if (text.trim() !== '') yield readEvent(text, call)
  }
}

async function* linesOf(chunks: AsyncIterable<Uint8Array>, call: Call): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = []
  let size = 0
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE, start); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      yield Buffer.concat([...parts, chunk.subarray(start, end)])
      parts = []
      size = 0
      start = end + 1
    }
    if (start === chunk.length) continue
    parts.push(chunk.subarray(start))
    size += chunk.length - start
    if (size > LONGEST_LINE) throw broken(call, `an event of more than ${LONGEST_LINE} bytes`)
  }
  if (size > 0) yield Buffer.concat(parts)
}

function decode(decoder: TextDecoder, line: Uint8Array, call: Call): string {
  try {
    return decoder.decode(line)
  } catch (error) {
    throw broken(call, 'bytes that are no UTF-8', error)
  }
}

function readEvent(line: string, call: Call): WatchEvent {
  const event = parse(line, call)
  const type = valueAt(event, ['type'])
  const object = valueAt(event, ['object'])
  const resourceVersion = valueAt(object, ['metadata', 'resourceVersion'])
  if (type === 'ERROR') throw errorOf(object, call)
  if (typeof resourceVersion !== 'string') throw broken(call, 'an event without a resourceVersion')
  if (type === 'BOOKMARK') return { type, resourceVersion }
  if (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED') throw broken(call, `an event of the unknown type ${String(type).slice(0, 40)}`)
  if (typeof valueAt(object, ['metadata', 'name']) !== 'string') throw broken(call, 'an object without a name')
  return { type, object: object as KubeObject }
}

function parse(line: string, call: Call): unknown {
  try {
    return JSON.parse(line)
  } catch {
    // The parser's message quotes the line, which may be a Secret.
    throw broken(call, 'an event that is not whole')
  }
}

function errorOf(object: unknown, call: Call): Fault {
  const fault = eventFault(object, call)
  return fault.status === 410 ? new WatchExpired(call.target, fault) : fault
}

function broken(call: Call, got: string, cause?: unknown): Fault {
  return new Fault('UNAVAILABLE', `${call.target}: the watch broke, expected whole events, got ${got}`, { cause })
}
