import { describe, expect, test } from 'vitest'
import { missingAccess } from '../../access.ts'
import type { AccessQuestion } from '../../cluster.ts'
import { grants } from '../../granted-rule.ts'
import { faultOf, type At } from './ground.ts'

/** What questions about access promise: one by one and as a list they say the same. */
export function describeAccess(at: At): void {
  describe('access', () => {
    test('may do what it does', async () => {
      const { cluster, namespace } = at()
      expect(await cluster.may({ verb: 'create', group: '', resource: 'pods', namespace })).toBe(true)
    })

    test('lists rules that grant exactly what it may do, as far as they are complete', async () => {
      const { cluster, namespace } = at()
      const { rules, incomplete } = await cluster.rules(namespace)
      const questions: readonly AccessQuestion[] = [
        { verb: 'create', group: '', resource: 'pods', namespace },
        { verb: 'get', group: '', resource: 'pods', subresource: 'log', namespace, name: 'web' },
        { verb: 'patch', group: 'apps', resource: 'deployments', namespace, name: 'web' },
        { verb: 'list', group: 'example.invalid', resource: 'aliens', namespace },
      ]
      for (const question of questions) {
        const granted = rules.some((rule) => grants(rule, question))
        // An incomplete list leaves what it does not grant open.
        const told = granted || !incomplete ? granted : await cluster.may(question)
        expect([question, told]).toEqual([question, await cluster.may(question)])
      }
    })

    test('lists no rules for nobody, and for a namespace without a name', async () => {
      const { cluster, namespace } = at()
      const reason = new Error('stopped')
      await expect(cluster.rules(namespace, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
      expect(await faultOf(cluster.rules(''))).toMatchObject({ code: 'INPUT_INVALID' })
    })

    test('misses nothing that it has', async () => {
      const { cluster, namespace } = at()
      const needed = [
        { group: 'apps', resource: 'deployments', verbs: ['get', 'list', 'watch', 'patch'], names: ['web'], namespace },
        { group: '', resource: 'pods/log', verbs: ['get'], namespace },
        { group: '', resource: 'nodes', verbs: ['list'] },
      ]
      expect(await missingAccess(cluster, needed)).toEqual([])
    })
  })
}
