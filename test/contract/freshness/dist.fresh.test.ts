import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundledFolders } from '../../../scripts/actions.ts'
import { bundle } from '../../../scripts/bundle.ts'
import { compile } from '../../../scripts/compile.ts'

const folders = await bundledFolders()
let rebuilt: string

beforeAll(async () => {
  rebuilt = await mkdtemp(join(tmpdir(), 'fairlead-rebuilt-'))
  await compile()
}, 180_000)
afterAll(() => rm(rebuilt, { recursive: true, force: true }))

describe.each(folders.map((folder) => [basename(folder), folder]))('dist of %s', (name, folder) => {
  test('is what a rebuild gives, file by file', { timeout: 180_000 }, async () => {
    await bundle(folder, join(rebuilt, name))
    const [committed, fresh] = [await contents(join(folder, 'dist')), await contents(join(rebuilt, name))]
    expect([...committed.keys()], 'run pnpm build and commit dist/').toEqual([...fresh.keys()])
    for (const [file, bytes] of fresh) expect(committed.get(file)?.equals(bytes), `${name}/dist/${file} is stale: run pnpm build and commit it`).toBe(true)
  })
})

async function contents(folder: string): Promise<Map<string, Buffer>> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map(({ name }) => name)
  return new Map(await Promise.all(names.toSorted().map(async (name): Promise<[string, Buffer]> => [name, await readFile(join(folder, name))])))
}
