import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inertLine, inertLines, renderSummary } from '../src/index.ts'

/** What the runner takes for a command (`ActionCommand.cs`): `::` after blanks at the beginning of a line, `##[` anywhere in one. */
const isCommand = (line: string) => /^\s*::/.test(line) || line.includes('##[')

describe('inertLine', () => {
  test.each([
    ['a plain line', 'ready in 3 s', 'ready in 3 s'],
    ['a command', '::error::gone', ': :error::gone'],
    ['a command after blanks', '  ::add-mask::x', '  : :add-mask::x'],
    ['the old form inside a line', 'x ##[error]y', 'x # #[error]y'],
    ['a carriage return before a command', 'x\r::error::y', 'x ::error::y'],
    ['a command behind a removed mark', '\u200B::error::x', ': :error::x'],
    ['the old form put together by removal', '#\u200B#[error]x', '# #[error]x'],
    ['colours', '\u001B[31mred\u001B[0m', 'red'],
    ['a window title', '\u001B]0;title\u0007text', 'text'],
    ['a cursor that goes back', 'safe\b\b\b\bevil', 'safeevil'],
    ['writing turned around', 'a\u202Eb\u2066c', 'abc'],
  ])('makes %s harmless', (_, text, expected) => {
    expect(inertLine(text)).toBe(expected)
  })

  test('never leaves a command, whatever comes', () => {
    const pieces = fc.constantFrom(
      '::',
      ':',
      '#',
      '##[',
      '[',
      ' ',
      '\t',
      '\r',
      '\n',
      '\u001B[',
      '\u001B',
      '\u200B',
      'm',
      'error',
      ']',
      '\u0085',
      '\u2028',
      '\u0000',
      'x',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        for (const line of inertLines(parts.join(''))) expect(line.split(/[\r\n]/).some(isCommand)).toBe(false)
        expect(isCommand(inertLine(parts.join('')))).toBe(false)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('renderSummary', () => {
  test('keeps foreign text from becoming Markdown, HTML or a link', () => {
    const text = '<img src=x> [a](http://b) `c` *d* |e| @f # g'
    expect(renderSummary([{ type: 'paragraph', text }])).toBe('&lt;img src=x&gt; \\[a\\](http:&#8203;//b) \\`c\\` \\*d\\* \\|e\\| &#64;f # g\n\n')
    expect(renderSummary([{ type: 'list', items: ['# no heading', '1. no list'] }])).toBe('- \\# no heading\n- 1\\. no list\n\n')
  })

  test('fences code longer than any fence inside', () => {
    expect(renderSummary([{ type: 'code', text: 'a\n````\nb' }])).toBe('`````\na\n````\nb\n`````\n\n')
  })

  test('stays below what the runner accepts, and says what is missing', () => {
    const big = { type: 'code', text: Array(200).fill('x'.repeat(3_000)).join('\n') } as const
    const text = renderSummary([big, big, { type: 'paragraph', text: 'end' }])
    expect(Buffer.byteLength(text)).toBeLessThan(1_048_576)
    expect(text).toMatch(/2 more parts are left out: a job summary holds 1 MiB\. .*\n$/)
  })
})
