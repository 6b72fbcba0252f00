import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openWorkspace } from '../src/index.ts'

let folder: string
const options = { extensions: ['.yaml', '.yml'], limit: 100 }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-workspace-'))
  await mkdir(join(folder, 'root/deploy/deep'), { recursive: true })
  const files = {
    'deploy/b.yaml': 'b',
    'deploy/a.yml': 'a',
    'deploy/deep/c.yaml': 'c',
    'deploy/notes.md': 'n',
    'big.yaml': 'x'.repeat(101),
    '../secret.yaml': 's',
  }
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, 'root', name), text)
  await symlink('../../secret.yaml', join(folder, 'root/deploy/link.yaml'))
  await mkdir(join(folder, 'root/empty'))
})
afterAll(() => rm(folder, { recursive: true }))

const read = (...patterns: string[]) => openWorkspace(join(folder, 'root')).read(patterns, options)

describe('Workspace.read', () => {
  test('reads a file, and one named twice once', async () => {
    expect(await read('deploy/b.yaml', './deploy/b.yaml')).toEqual([{ file: 'deploy/b.yaml', text: 'b' }])
  })

  test('reads the manifests of a folder and below, in order', async () => {
    expect((await read('deploy/deep', 'deploy/?.y*ml')).map(({ file }) => file)).toEqual(['deploy/deep/c.yaml', 'deploy/a.yml', 'deploy/b.yaml'])
  })

  test.each([
    ['nothing.yaml', 'matches no file'],
    ['deploy/*.json', 'matches no file'],
    ['empty', 'holds no file ending in .yaml or .yml'],
    ['../secret.yaml', 'is outside the workspace'],
    ['/etc/hostname', 'is outside the workspace'],
    ['deploy/link.yaml', 'is outside the workspace'],
    ['big.yaml', 'is too large, expected at most 100 bytes, got 101'],
  ])('refuses %s', async (pattern, reason) => {
    await expect(read(pattern)).rejects.toMatchObject({ code: 'INPUT_INVALID', message: expect.stringContaining(reason) })
  })

  test('takes an absolute path through the link that leads to the workspace', async () => {
    await symlink('root', join(folder, 'link'))
    const linked = openWorkspace(join(folder, 'link'))
    expect((await linked.read([join(folder, 'link/deploy/b.yaml'), join(folder, 'root/deploy/a.yml')], options)).map(({ file }) => file)).toEqual([
      'deploy/b.yaml',
      'deploy/a.yml',
    ])
  })

  test('asks for a checkout where there is no workspace', async () => {
    await expect(openWorkspace(join(folder, 'nowhere')).read(['a.yaml'], options)).rejects.toMatchObject({
      code: 'ENVIRONMENT_MISSING',
      hint: expect.stringContaining('checkout'),
    })
  })

  test('tells all that is wrong at once', async () => {
    await expect(read('one.yaml', 'deploy/a.yml', 'two.yaml')).rejects.toMatchObject({
      problems: [{ message: expect.stringContaining('one.yaml') }, { message: expect.stringContaining('two.yaml') }],
    })
  })
})
