import { describe, expect, test } from 'vitest'
import { View, type Output } from '../view.ts'

function outputOf(change: Partial<Output>): Output & { readonly written: string[] } {
  const written: string[] = []
  return { written, write: (text: string) => written.push(text), ...change }
}

describe('View', () => {
  test('writes plain lines and no frame where there is no terminal', () => {
    const output = outputOf({})
    const view = new View(output)
    view.show(() => ['a frame'])
    view.print('one', 'two')
    view.redraw()
    expect(output.written).toEqual(['one\ntwo\n'])
  })

  test('overwrites its frame in one write, and erases what is left of the last', () => {
    const output = outputOf({ isTTY: true, columns: 80, rows: 24 })
    const view = new View(output)
    let frame = ['first', 'second']
    view.show(() => frame)
    frame = ['third']
    view.redraw()
    expect(output.written.map(visible)).toEqual(['\rfirst<K>\nsecond<K>\n<J>', '<2A>\rthird<K>\n<J>'])
  })

  test('puts lines that stay above the frame, and gives the cursor back with the last one', () => {
    const output = outputOf({ isTTY: true, columns: 80, rows: 24 })
    const view = new View(output)
    view.show(() => ['frame'])
    view.print('stays')
    view.show(undefined)
    expect(output.written.slice(1).map(visible)).toEqual(['<1A>\rstays<K>\nframe<K>\n<J>', '<1A>\r<J>'])
    expect(output.written.map((text) => text.includes('\u001B[?25h'))).toEqual([false, false, true])
  })

  test('never draws more lines than the terminal has, nor wider than it is', () => {
    const output = outputOf({ isTTY: true, columns: 40, rows: 5 })
    const view = new View(output)
    view.show((width) => Array.from({ length: 9 }, () => 'x'.repeat(width)))
    expect(visible(output.written[0] ?? '').split('\n')).toHaveLength(4)
    expect(view.width).toBe(39)
  })
})

/** Control sequences by their last letter, those about the cursor and the frame left out. */
function visible(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/\u001B\[\?\d+[hl]/g, '').replaceAll(/\u001B\[(\d*[A-Z])/g, '<$1>')
}
