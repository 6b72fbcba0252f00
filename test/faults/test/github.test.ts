import { expect, test } from 'vitest'
import { serveRuns } from '../src/index.ts'

test('serveRuns says of a run whether it is over, and knows nothing else', async () => {
  const runs = await serveRuns((run) => run === 1)
  try {
    const ask = async (path: string) => {
      const answer = await fetch(`${runs.url}${path}`)
      return { code: answer.status, ...((await answer.json()) as object) }
    }
    expect(await ask('/repos/acme/shop/actions/runs/1/attempts/2')).toEqual({ code: 200, id: 1, run_attempt: 2, status: 'completed', conclusion: 'cancelled' })
    expect(await ask('/repos/acme/shop/actions/runs/2/attempts/1')).toEqual({ code: 200, id: 2, run_attempt: 1, status: 'in_progress', conclusion: null })
    expect(await ask('/repos/acme/shop')).toEqual({ code: 404, message: 'Not Found', status: '404' })
    expect(runs.requests).toHaveLength(3)
  } finally {
    await runs.close()
  }
})
