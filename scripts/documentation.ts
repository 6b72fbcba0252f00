import { readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { SUITE } from '@fairlead/base'
import type { Input, InputSchema } from '@fairlead/action'
import { stringify } from 'yaml'

/** What an action says of itself. */
export interface Described {
  readonly name: string
  readonly description: string
  readonly inputs: InputSchema
  readonly outputs: Readonly<Record<string, string>>
  readonly windUp?: unknown
}

/** Writes action.yml and the tables of the README from the operation's own schema. */
export async function writeDocumentation(folder: string): Promise<void> {
  for (const [name, text] of Object.entries(await documentation(folder))) await writeFile(join(folder, name), text)
}

/** Answers what action.yml and README.md must hold; nothing is written. */
export async function documentation(folder: string): Promise<Readonly<Record<'action.yml' | 'README.md', string>>> {
  const operation = await describe(folder)
  return { 'action.yml': actionYml(operation), 'README.md': fillReadme(await readFile(join(folder, 'README.md'), 'utf8'), operation) }
}

/** Loads the one operation that an action's `operation.ts` exports. */
export async function describe(folder: string): Promise<Described> {
  const module = (await import(join(folder, 'src/operation.ts'))) as Readonly<Record<string, Described>>
  const operation = Object.values(module).find((value) => value.name === basename(folder))
  if (operation === undefined) throw new Error(`${folder}/src/operation.ts: expected an operation named ${basename(folder)}`)
  return operation
}

function actionYml({ name, description, inputs, outputs, windUp }: Described): string {
  const metadata = {
    name: `Fairlead ${name}`,
    description,
    author: 'Fairlead',
    branding: { icon: 'anchor', color: 'blue' },
    inputs: Object.fromEntries(Object.entries(inputs).map(([input, spec]) => [input, inputMetadata(spec)])),
    outputs: Object.fromEntries(Object.entries(outputs).map(([output, text]) => [output, { description: text }])),
    runs: { using: 'node24', main: 'dist/index.js', ...(windUp === undefined ? {} : { post: 'dist/index.js' }) },
  }
  return `# Written by \`pnpm build\` from src/inputs.ts and src/operation.ts: change it there.\n${stringify(metadata, { lineWidth: 0 })}`
}

function inputMetadata({ description, required, default: value }: Input): Readonly<Record<string, unknown>> {
  return { description, required: required === true, ...(value === undefined ? {} : { default: value }) }
}

function fillReadme(readme: string, { inputs, outputs }: Described): string {
  const inputRows = Object.entries(inputs).map(([name, input]) => [
    code(name),
    input.description,
    input.default === undefined ? (input.required === true ? 'required' : '') : code(input.default),
  ])
  const outputRows = Object.entries(outputs).map(([name, text]) => [code(name), text])
  const filled = between(
    between(readme, 'inputs', table(['input', 'what it says', 'default'], inputRows)),
    'outputs',
    table(['output', 'what it holds'], outputRows),
  )
  return filled.replaceAll(/uses: \S+?\/actions\/([a-z-]+)@/g, `uses: ${SUITE.repository}/actions/$1@`)
}

function between(text: string, marker: string, content: string): string {
  const [start, end] = [`<!-- ${marker}: written by pnpm build -->`, `<!-- end of ${marker} -->`]
  const [from, to] = [text.indexOf(start), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`README.md: expected the markers "${start}" and "${end}"`)
  return `${text.slice(0, from + start.length)}\n\n${content}\n\n${text.slice(to)}`
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(columns), `|${' --- |'.repeat(columns.length)}`, ...rows.map(line)].join('\n')
}

function code(text: string): string {
  return `\`${text}\``
}
