import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { COMMANDS } from '../src/commands/index.ts'
import { EXIT_CODES } from '../src/exit-code.ts'
import { helpFor, overview } from '../src/help.ts'

describe('overview', () => {
  test('names every command and every exit code, within 80 columns', () => {
    const lines = overview(COMMANDS)
    for (const { name } of COMMANDS) expect(lines.filter((line) => line.startsWith(`  ${name} `))).toHaveLength(1)
    for (const [code] of EXIT_CODES) expect(lines.filter((line) => line.startsWith(`  ${code} `))).toHaveLength(1)
    expect(lines.filter((line) => line.length > 80 && !line.startsWith('Takes'))).toEqual([])
  })
})

describe.each(COMMANDS.map((command) => [command.name, command] as const))('helpFor %s', (_, command) => {
  test('names every flag once, within 80 columns, in the words of flags', () => {
    const lines = helpFor(command)
    for (const name of Object.keys(command.inputs)) {
      expect(
        lines.filter((line) => new RegExp(`^  (?:-n, )?--${name}(?: |$)`).test(line)),
        name,
      ).toHaveLength(1)
    }
    expect(lines.filter((line) => line.length > 80 && line.includes(' '.repeat(6)))).toEqual([])
    expect(lines.join('\n')).not.toMatch(/under `with:`|\$\{\{/)
  })
})

describe('the README', () => {
  test('has the commands and exit codes there are', async () => {
    const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8')
    for (const [code, meaning] of EXIT_CODES) expect(readme).toContain(`| ${code} | ${meaning} |`)
    for (const { name, summary } of COMMANDS) expect(readme).toContain(`| \`fairlead ${name}\` | ${summary} |`)
  })
})
