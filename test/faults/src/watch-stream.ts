import { Transform, type TransformCallback } from 'node:stream'
import { statusBody, type StreamEnd } from './trouble.ts'

/**
 * Carries so many whole lines of a watch, then does to it what is asked. `cut` calls `destroy` within the next line, which is why it
 * needs one to come; the others happen as soon as the lines are through, with 0 at once.
 */
export function troubledStream({ lines, end: wanted }: { readonly lines: number; readonly end: StreamEnd }, destroy: () => void): Transform {
  let left = lines
  let over = false
  const stream = new Transform({ transform: take, flush: (done) => (over && wanted === 'quiet' ? undefined : done()) })
  if (left === 0) setImmediate(end)
  return stream

  function take(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    let rest = chunk
    while (left > 0 && rest.length > 0) {
      const at = rest.indexOf('\n')
      const line = at < 0 ? rest : rest.subarray(0, at + 1)
      if (at >= 0) left -= 1
      stream.push(line)
      rest = rest.subarray(line.length)
      if (left === 0) end()
    }
    if (left === 0 && wanted === 'cut' && rest.length > 0 && !over) {
      over = true
      stream.push(rest.subarray(0, Math.ceil(rest.length / 2)))
      setTimeout(destroy, 20) // the half line must have gone out
    }
    done()
  }

  function end(): void {
    if (over || wanted === 'cut') return
    over = true
    if (wanted === 'gone') stream.push(`{"type":"ERROR","object":${statusBody(410, 'too old resource version')}}\n`)
    if (wanted !== 'quiet') stream.push(null)
  }
}
