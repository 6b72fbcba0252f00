import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { parseInputs } from '@fairlead/action'
import { SUITE } from '@fairlead/base'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { actionFolders, ROOT } from '../../scripts/actions.ts'
import { describe as describeAction, documentation } from '../../scripts/documentation.ts'

const folders = await actionFolders()

describe.each(folders.map((folder) => [basename(folder), folder]))('%s', (name, folder) => {
  test('has the action.yml and the README tables that its schema says', async () => {
    for (const [file, expected] of Object.entries(await documentation(folder))) {
      expect(await readFile(join(folder, file), 'utf8'), `${name}/${file}: run pnpm build`).toBe(expected)
    }
  })

  test('has defaults that its own parsers accept', async () => {
    const { inputs } = await describeAction(folder)
    const optional = Object.fromEntries(Object.entries(inputs).filter(([, { required }]) => required !== true))
    expect(() => parseInputs(optional, () => undefined)).not.toThrow()
  })

  test('runs on node24 from its committed bundle', async () => {
    const { runs } = parse(await readFile(join(folder, 'action.yml'), 'utf8')) as { runs: unknown }
    expect(runs).toMatchObject({ using: 'node24', main: 'dist/index.js' })
  })
})

test('the suite has the version of its package.json', async () => {
  expect(JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))).toMatchObject({ version: SUITE.version })
})

describe('every README', () => {
  test('names the suite by its one constant', async () => {
    for (const folder of [ROOT, ...folders]) {
      const readme = await readFile(join(folder, 'README.md'), 'utf8')
      const places = [...readme.matchAll(/uses: (\S+?)\/actions\//g)].map((match) => match[1])
      expect(new Set([...places, SUITE.repository])).toEqual(new Set([SUITE.repository]))
    }
  })
})
