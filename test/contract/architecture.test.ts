import { glob, readFile } from 'node:fs/promises'
import { basename, join, relative, resolve, sep } from 'node:path'
import { describe, expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')

/** Who may import whom. `main` is an action's main.ts, `operation` everything else in an action. An absent target is forbidden. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  action: ['base'],
  kube: ['base'],
  image: ['base'],
  github: ['base'],
  health: ['kube', 'base'],
  traffic: ['kube', 'base'],
  analysis: ['kube', 'base'],
  rollout: ['traffic', 'analysis', 'health', 'health/checks', 'kube', 'image', 'base'],
  chart: ['image', 'base'],
  operation: ['action', 'base', 'kube', 'kube/diff', 'health', 'health/checks', 'traffic', 'analysis', 'rollout', 'image', 'chart', 'github'],
  main: ['action', 'base', 'kube', 'kube/client', 'health/checks', 'analysis/providers', 'image/buildx', 'image/registry', 'github/client'],
}

/** What the command line may import beside the `./operation` of each action: it is the main.ts of all of them, and looks at apps by itself. */
const CLI_MAY_IMPORT: readonly string[] = ['action', 'base', 'kube', 'kube/client', 'health/checks', 'image/registry', 'github/client', 'traffic', 'rollout']

/** What only one place may use, as it stands in code. */
const RESERVED: readonly { readonly what: RegExp; readonly owners: RegExp }[] = [
  {
    what: /(?<![\w.'"`-])process(?=\s*[.[,)])/,
    owners: /^actions\/[^/]+\/src\/main\.ts$|^packages\/cli\/src\/main\.ts$|^packages\/action\/src\/runner\.ts$|^packages\/kube\/src\/client\/program\.ts$/,
  },
  { what: /(?<![\w.])fetch\s*\(|(?:from|import\()\s*['"](?:node:)?(?:https?|tls)['"]/, owners: /^packages\/base\/src\/request\.ts$/ },
  { what: /\b(?:setTimeout|setInterval)\s*\(/, owners: /^packages\/base\/src\/(?:clock|request)\.ts$/ },
  { what: /\bDate\.now\b|\bnew Date\(\)/, owners: /^packages\/base\/src\/clock\.ts$/ },
  { what: /\bMath\.random\b|\brandomUUID\b/, owners: /^packages\/base\/src\/retry\.ts$|^packages\/action\/src\/publish\.ts$/ },
  { what: /\bchild_process\b/, owners: /^packages\/kube\/src\/client\/program\.ts$/ },
  { what: /['"]node:process['"]|\bglobalThis\b/, owners: /^$/ },
]

const BANNED_NAMES = /^(?:utils?|helpers?|common|shared|misc|types|lib)(?:\.\w+)*$/

const sources: { readonly file: string; readonly text: string }[] = []
for await (const file of glob('{packages,actions}/*/src/**/*.ts', { cwd: ROOT })) {
  sources.push({ file: file.split(sep).join('/'), text: await readFile(join(ROOT, file), 'utf8') })
}

describe('the house', () => {
  test('is not empty', () => {
    expect(sources.length).toBeGreaterThan(20)
  })

  test('has imports in one direction only', () => {
    expect(sources.flatMap(({ file, text }) => importsOf(text).flatMap((line) => wrongImport(file, line)))).toEqual([])
  })

  test('keeps process, time, chance and the network where they are owned', () => {
    const found = sources.flatMap(({ file, text }) =>
      RESERVED.filter(({ what, owners }) => !owners.test(file) && what.test(withoutComments(text))).map(
        ({ what }) => `${file}: ${what.exec(withoutComments(text))?.[0] ?? ''}`,
      ),
    )
    expect(found).toEqual([])
  })

  test('has no room without a meaning', async () => {
    const found: string[] = []
    for await (const file of glob('{packages,actions,test,examples,demo,scripts}/**/*', {
      cwd: ROOT,
      exclude: (name) => name === 'node_modules' || name === 'dist' || name === 'build' || name === 'corpus',
    })) {
      if (BANNED_NAMES.test(basename(file))) found.push(file)
    }
    expect(found).toEqual([])
  })

  test('mocks nothing', async () => {
    const found: string[] = []
    for await (const file of glob('{packages,actions,test,demo}/**/*.test.ts', { cwd: ROOT, exclude: (name) => name === 'node_modules' })) {
      if (
        /\bvi\s*\.\s*(?:mock|spyOn|fn|hoisted|stubGlobal)\b|\btest\.(?:skip|only|todo)\b|\bdescribe\.(?:skip|only|todo)\b/.test(
          withoutComments(await readFile(join(ROOT, file), 'utf8')),
        )
      ) {
        if (relative(ROOT, import.meta.filename) !== file) found.push(file)
      }
    }
    expect(found).toEqual([])
  })
})

function importsOf(text: string): readonly string[] {
  return [...text.matchAll(/(?:^|\n)\s*(?:import|export)[^'"]*?from\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g)].map(
    (match) => match[1] ?? match[2] ?? '',
  )
}

function wrongImport(file: string, target: string): readonly string[] {
  if (target.startsWith('.')) return leavesPackage(file, target) ? [`${file}: ${target} leaves its package`] : []
  const wanted = /^@fairlead\/(.+)$/.exec(target)?.[1]
  // Working fakes are a package's own, and part of its tests.
  if (wanted === undefined || (wanted.endsWith('/testing') && file.includes('/src/testing/'))) return []
  const room = roomOf(file)
  return mayImport(room, wanted) ? [] : [`${file}: ${target} is not for ${room}`]
}

function mayImport(room: string, wanted: string): boolean {
  if (room === 'cli') return CLI_MAY_IMPORT.includes(wanted) || /^[a-z-]+\/operation$/.test(wanted)
  return MAY_IMPORT[room]?.includes(wanted) === true
}

function leavesPackage(file: string, target: string): boolean {
  return relative(file.split('/').slice(0, 2).join('/'), join(file, '..', target)).startsWith('..')
}

function roomOf(file: string): string {
  if (file.startsWith('packages/')) return file.split('/')[1] ?? ''
  return file.endsWith('/src/main.ts') ? 'main' : 'operation'
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|[^:'"`])\/\/[^\n]*/g, '$1')
}
