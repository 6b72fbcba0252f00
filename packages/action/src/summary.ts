import { inertLine, inertLines } from './foreign-text.ts'
import type { Block } from './report.ts'

/** The runner rejects a larger summary whole, and the step stays green without one. */
const LIMIT = 1024 * 1024 - 4 * 1024

/**
 * Writes blocks as the Markdown of a job summary.
 *
 * All text in them is escaped: none becomes a link, an image, HTML or a mention. Stays under the runner's limit of 1 MiB by leaving out whole blocks
 * from the end, and says how many.
 */
export function renderSummary(blocks: readonly Block[]): string {
  const parts: string[] = []
  let size = 0
  for (const [index, block] of blocks.entries()) {
    const part = `${renderBlock(block)}\n\n`
    const bytes = Buffer.byteLength(part)
    if (size + bytes > LIMIT) {
      parts.push(`${blocks.length - index} more parts are left out: a job summary holds 1 MiB. The file of the report output has them all.\n`)
      break
    }
    size += bytes
    parts.push(part)
  }
  return parts.join('')
}

function renderBlock(block: Block): string {
  switch (block.type) {
    case 'heading':
      return `### ${escapeText(block.text)}`
    case 'paragraph':
      return escapeText(block.text)
    case 'table':
      return renderTable(block.columns, block.rows)
    case 'code':
      return renderCode(block)
    case 'list':
      return block.items.map((item) => `- ${escapeText(item)}`).join('\n')
  }
}

const MOST_ROWS = 500

function renderTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => escapeText(cell)).join(' | ')} |`
  const shown = rows.slice(0, MOST_ROWS).map(line)
  const rest = rows.length > MOST_ROWS ? [`\n${rows.length - MOST_ROWS} more rows are left out; the file of the report output has them all.`] : []
  return [line(columns), `|${' --- |'.repeat(columns.length)}`, ...shown, ...rest].join('\n')
}

const MOST_LINES = 200

function renderCode({ title, text, language = '' }: Extract<Block, { type: 'code' }>): string {
  const lines = inertLines(text)
  const shown = lines.length > MOST_LINES ? [`(${lines.length - MOST_LINES} earlier lines left out)`, ...lines.slice(-MOST_LINES)] : lines
  const longest = Math.max(2, ...shown.flatMap((line) => (line.match(/`+/g) ?? []).map((run) => run.length)))
  const fence = '`'.repeat(longest + 1)
  return `${title === undefined ? '' : `${escapeText(title)}\n\n`}${fence}${language}\n${shown.join('\n')}\n${fence}`
}

function escapeText(text: string): string {
  return inertLine(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_{}[\]|~]/g, (character) => `\\${character}`)
    .replaceAll(/(https?|ftp):\/\//gi, '$1:&#8203;//')
    .replaceAll('@', '&#64;')
    .replace(/^(\s*)([#+\-=])/, '$1\\$2')
    .replace(/^(\s*\d+)([.)])/, '$1\\$2')
}
