import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Cluster } from '@fairlead/bed'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { obtainLoad } from '../src/index.ts'
import { openShop, thisCluster, type Shop } from './shop.ts'

// How the program itself ends; beside the cluster's own processes, where there is one to watch.
let cluster: Cluster
let shop: Shop
let program = ''
beforeAll(async () => {
  cluster = await thisCluster()
  program = await obtainLoad(process.env)
  shop = await openShop(cluster)
})
afterAll(() => shop.remove())

const args = () => ['-url', shop.url, '-rate', '20', '-most', '10000', '-slow', '700ms']
const stopped = /"done":true,"sent":\d+,"ended":"stopped","late":[\d.]+\}\n$/

describe('the load client', () => {
  test.each([
    ['its standard input ends', []],
    ['it gets SIGTERM', ['SIGTERM']],
    ['it gets SIGINT', ['SIGINT']],
  ] as const)('finishes what is in flight and ends well when %s', async (_, signals) => {
    const child = cluster.run(program, args())
    let output = ''
    child.stdout?.on('data', (text) => (output += String(text)))
    await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line')
    await sleep(1000)
    if (signals.length === 0) child.stdin?.end()
    for (const signal of signals) child.kill(signal)
    const [code] = (await once(child, 'close')) as [number | null]
    expect({ code, last: stopped.test(output), lost: output.includes('"lost"') }).toEqual({ code: 0, last: true, lost: false })
    expect(output.split('\n').filter((line) => line.includes('"slow"')).length).toBeGreaterThan(15)
  })

  test('stops when its caller is killed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'load-'))
    const file = join(folder, 'output')
    const start = `
      const [file, program, ...args] = process.argv.slice(1)
      const output = require('node:fs').openSync(file, 'w')
      require('node:child_process').spawn(program, args, { stdio: ['pipe', output, 'ignore'] })
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), 1500)`
    const caller = cluster.run(process.execPath, ['--eval', start, file, program, ...args()])
    await once(caller, 'close')
    let output = ''
    for (let looked = 0; looked < 100 && !stopped.test(output); looked += 1) {
      await sleep(50)
      output = await readFile(file, 'utf8')
    }
    await rm(folder, { recursive: true })
    expect(output).toMatch(stopped)
  })
})
