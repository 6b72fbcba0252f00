import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { runBundle } from '@fairlead/bundle'
import { describe, expect, test } from 'vitest'
import { actionFolders, bundledFolders } from '../../scripts/actions.ts'
import { missingModule } from '../../scripts/bundle.ts'

const named = (folders: readonly string[]) => folders.map((folder) => [basename(folder), folder] as const)

describe.each(named(await actionFolders()))('the action %s', (_, folder) => {
  test('starts, and refuses to work without inputs', async () => {
    const { exitCode, outputs, raw } = await runBundle({ action: folder })
    expect({ exitCode, fault: outputs['fault'], conclusion: outputs['conclusion'] }, raw).toEqual({
      exitCode: 1,
      fault: 'INPUT_INVALID',
      conclusion: 'failure',
    })
  })

  test('comes with the licence of the toolkit it speaks to the runner by', async () => {
    expect(await readFile(join(folder, 'dist/LICENSES.txt'), 'utf8')).toContain('@actions/core')
  })
})

describe.each(named(await bundledFolders()))('the committed bundle of %s', (name, folder) => {
  test('misses no module', async () => {
    expect(await missingModule(join(folder, 'dist'))).toBeUndefined()
  })

  test('comes with the licences of what is in it', async () => {
    const licences = await readFile(join(folder, 'dist/LICENSES.txt'), 'utf8')
    expect(licences).toMatch(/^yaml \d+\.\d+\.\d+ \(ISC\)$/m)
    expect(licences).toMatch(/Permission is hereby granted|Apache License/)
  })

  test('reads nothing of the repository beside it', async () => {
    for (const file of await readdir(join(folder, 'dist'))) {
      expect(await readFile(join(folder, 'dist', file), 'utf8'), `${name}/dist/${file}`).not.toMatch(/\/packages\/[a-z]+\/build\/.*\.js['"]/)
    }
  })
})

describe('missingModule', () => {
  test('finds the stub that the bundler leaves', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fairlead-stub-'))
    await writeFile(
      join(folder, 'index.js'),
      `Object(function webpackMissingModule() { var e = new Error("Cannot find module 'x'"); e.code = 'MODULE_NOT_FOUND'; throw e; }());`,
    )
    expect(await missingModule(folder)).toMatch(/^webpackMissingModule/)
    await rm(folder, { recursive: true })
  })
})
