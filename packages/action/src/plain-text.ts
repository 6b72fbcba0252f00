import { inertLine, inertLines } from './foreign-text.ts'
import type { Block } from './report.ts'

/** Writes blocks as lines for a log or a terminal: the same content as the job summary, harmless to print. */
export function renderPlain(blocks: readonly Block[]): readonly string[] {
  return blocks.flatMap((block, index) => (index === 0 ? [] : ['']).concat(renderBlock(block)))
}

function renderBlock(block: Block): readonly string[] {
  switch (block.type) {
    case 'heading':
    case 'paragraph':
      return [inertLine(block.text)]
    case 'list':
      return block.items.map((item) => `- ${inertLine(item)}`)
    case 'code':
      return [...(block.title === undefined ? [] : [inertLine(block.title)]), ...inertLines(block.text).map((line) => `  | ${line}`)]
    case 'table':
      return renderTable([block.columns, ...block.rows])
  }
}

/** The last column is as wide as it likes: it holds the sentences. */
function renderTable(rows: readonly (readonly string[])[]): readonly string[] {
  const cells = rows.map((row) => row.map(inertLine))
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  return cells.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}
