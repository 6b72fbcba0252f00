import { inertLine, inertLines, isGreen, renderPlain, type Block, type Report } from '@fairlead/action'

/** What stands at the end of a run on a terminal: what there is to know, the commands for a person, and last the verdict, where the eye falls. */
export function endingOf(report: Report, { wereStepsShown }: { readonly wereStepsShown: boolean }): readonly string[] {
  const blocks = wereStepsShown ? unseen(report) : report.summary
  return [
    '',
    ...blocks.flatMap((block, index) => (index === 0 || isUnder(blocks[index - 1]) ? linesOf(block) : ['', ...linesOf(block)])),
    ...gap(blocks),
    inertLine(report.verdict),
  ]
}

function gap(blocks: readonly Block[]): readonly string[] {
  return blocks.length === 0 ? [] : ['']
}

function isUnder(before: Block | undefined): boolean {
  return before?.type === 'heading'
}

/** Commands are there to be copied. */
function linesOf(block: Block): readonly string[] {
  return block.type === 'code' && block.language === 'sh' ? inertLines(block.text).map((line) => `  ${line}`) : renderPlain([block])
}

/** Without the plan and the steps, which were shown as they went; after good news only what there is to know. */
function unseen({ summary, conclusion }: Report): readonly Block[] {
  const rest = summary.filter((block, index) => !isPlan(block, summary[index - 1]) && !isStepTable(block))
  const titled = rest.filter((block, index) => block.type !== 'heading' || (rest[index + 1] !== undefined && rest[index + 1]?.type !== 'heading'))
  return isGreen(conclusion) ? titled.filter((block, index) => block.type === 'list' || titled[index + 1]?.type === 'list') : titled
}

function isPlan(block: Block, before: Block | undefined): boolean {
  return block.type === 'code' && before?.type === 'heading' && before.text === 'Plan'
}

function isStepTable(block: Block): boolean {
  return block.type === 'table' && block.columns[1] === 'step'
}
