import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { ACTIONS } from './cluster.ts'

/** A rule of a Role. */
export interface Rule {
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
  readonly resourceNames?: readonly string[]
}

/** The rules of the Role that an action's README publishes. */
export async function roleOf(action: string): Promise<readonly Rule[]> {
  const readme = await readFile(join(ACTIONS, action, 'README.md'), 'utf8')
  return (parse(/```yaml\n(apiVersion: rbac[\s\S]*?)```/.exec(readme)?.[1] ?? '') as { rules: readonly Rule[] }).rules
}

/** Every set of rules that lacks one verb on one resource of the whole. */
export function withoutOne(all: readonly Rule[]): readonly { readonly resource: string; readonly verb: string; readonly rules: readonly Rule[] }[] {
  return all.flatMap((rule) =>
    rule.resources.flatMap((resource) =>
      rule.verbs.map((verb) => {
        const others = { ...rule, resources: rule.resources.filter((each) => each !== resource) }
        const lesser = { ...rule, resources: [resource], verbs: rule.verbs.filter((each) => each !== verb) }
        return {
          resource,
          verb,
          rules: [...all.filter((each) => each !== rule), others, lesser].filter(({ resources, verbs }) => resources.length > 0 && verbs.length > 0),
        }
      }),
    ),
  )
}
