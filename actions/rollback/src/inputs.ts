import { defineInputs, type Values } from '@fairlead/action'
import type { Problem } from '@fairlead/base'
import { clusterInputs } from '@fairlead/kube'
import { appInputs, goalProblems, orderInputs, parseGoal, placeProblems, rolloutInputs } from '@fairlead/rollout'

export const inputs = defineInputs({
  ...appInputs,
  to: {
    type: 'lines',
    description:
      'The release to go back to: its number (`41`), the tag of an image it runs (`1.4.2`, `web:1.4.2`), or the digest of one (`sha256:...`). Absent, the good release before. With several apps, lines of `app=41`.',
    parse: parseGoal,
  },
  reason: { type: 'text', description: 'Why, in a sentence: it is kept with the pin that keeps the release that is left from being released again.' },
  checks: {
    ...rolloutInputs.checks,
    description:
      'Questions asked over HTTP of every Pod that is gone back to, before any user is: a list as in deploy-bluegreen, with `on: pods`. Absent, its Pods only have to be healthy.',
  },
  drain: rolloutInputs.drain,
  'rollback-timeout': rolloutInputs['rollback-timeout'],
  'lock-timeout': rolloutInputs['lock-timeout'],
  'github-token': orderInputs['github-token'],
  'dry-run': { type: 'flag', default: 'false', description: 'Prints the plan, and writes nothing.' },
  ...clusterInputs,
})

export type Inputs = Values<typeof inputs>

/** The rules between inputs. */
export function validateInputs(values: Inputs): readonly Problem[] {
  const others = (values.checks ?? []).filter(({ on }) => on !== 'pods')
  return [
    ...placeProblems(values),
    ...goalProblems(values.app, values.to),
    ...(others.length === 0
      ? []
      : [
          {
            message: `input "checks": expected questions for Pods, got ${others.length} with \`on: ${others[0]?.on ?? ''}\``,
            hint: 'Leave `on` out: nobody watches what served before.',
          },
        ]),
  ]
}
