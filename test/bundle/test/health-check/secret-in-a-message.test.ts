import { expect, test } from 'vitest'
import { kubeconfigFor, runBundle, serveApi, statusOf } from '../../src/index.ts'
import { HEALTH_CHECK } from './scenario.ts'

/** Every character that a summary escapes: escaped, it must not slip past the masking that knows it whole. */
const TOKEN = 'tok_en*with[marks]&<more>~@`|123'

test('a token that a server repeats appears nowhere, not even escaped', async () => {
  const api = await serveApi([], () => ({ status: 401, body: statusOf(401, `no such token: ${TOKEN}`, 'Unauthorized') }))
  try {
    const inputs = { objects: 'deployment/web', timeout: '0', 'allow-insecure': 'true', kubeconfig: kubeconfigFor(api.url, { token: TOKEN }) }
    const record = await runBundle({ action: HEALTH_CHECK, inputs })
    const told = [
      ...record.log,
      record.summary ?? '',
      ...Object.values(record.outputs),
      ...record.annotations.map(({ data }) => data),
      ...record.temporaryFiles.map(({ text }) => text),
    ].join('\n')
    expect(told).toContain('no such token: ')
    // As Markdown and HTML show it, and without any of their marks.
    const shown = told.replaceAll(/\\(.)/g, '$1').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&#64;', '@').replaceAll('&amp;', '&')
    for (const text of [told, shown]) expect(text).not.toContain(TOKEN)
    expect(shown).not.toContain('marks')
  } finally {
    await api.close()
  }
})
