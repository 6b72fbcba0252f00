import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { cached, cacheKey } from '../src/binaries/cache.ts'
import { withLock } from '../src/binaries/lock.ts'
import { identify } from '../src/machine/process-identity.ts'
import { silent } from '../src/report.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cache-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('cacheKey', () => {
  test('changes with names and bytes, and with nothing else', async () => {
    const [first, second] = [join(folder, 'go.mod'), join(folder, 'go.sum')]
    await writeFile(first, 'module a')
    await writeFile(second, '')
    const key = await cacheKey([first, second])
    expect(key).toMatch(/^[0-9a-f]{12}$/)
    expect(await cacheKey([first, second])).toBe(key)
    expect(await cacheKey([second, first])).not.toBe(key)
    await writeFile(second, 'sum')
    expect(await cacheKey([first, second])).not.toBe(key)
  })
})

describe('cached', () => {
  test('fills once, however many ask at once', async () => {
    let fills = 0
    const fill = async (into: string) => {
      fills += 1
      await sleep(50)
      await writeFile(join(into, 'program'), 'whole')
    }
    const place = join(folder, 'node-1')
    expect(await Promise.all([1, 2, 3].map(() => cached(place, silent, fill)))).toEqual([place, place, place])
    expect(fills).toBe(1)
    expect(await readdir(folder)).toEqual(['node-1'])
    expect(await readFile(join(place, 'program'), 'utf8')).toBe('whole')
  })

  test('leaves nothing when filling fails, and fills again next time', async () => {
    const place = join(folder, 'node-1')
    await expect(
      cached(place, silent, async (into) => {
        await writeFile(join(into, 'half'), '')
        throw new Error('no space left')
      }),
    ).rejects.toThrow('no space left')
    expect(await readdir(folder)).toEqual([])
    expect(await cached(place, silent, async () => {})).toBe(place)
  })
})

describe('withLock', () => {
  test('says whom it waits for', async () => {
    const lock = join(folder, 'lock')
    const [held, told] = [Promise.withResolvers<void>(), Promise.withResolvers<string>()]
    const report = { line: told.resolve, progress: () => {} }
    const first = withLock(lock, silent, async () => {
      held.resolve()
      await told.promise
    })
    await held.promise
    await Promise.all([first, withLock(lock, report, async () => {})])
    expect(await told.promise).toBe(`waiting for process ${process.pid}, which holds ${lock}`)
  })

  test('takes over a lock whose holder is gone, even if its number was given to another process', async () => {
    const lock = join(folder, 'lock')
    await mkdir(lock)
    await writeFile(join(lock, 'holder'), JSON.stringify({ ...(await identify(process.pid)), startTime: '1' }))
    expect(await withLock(lock, silent, async () => 'held')).toBe('held')
  })
})
