import { describeReference } from '@fairlead/kube'
import type { TargetHealth } from './report.ts'

/** A piece of an explanation for people, as a job summary takes it. */
export type ExplanationBlock =
  | { readonly type: 'heading'; readonly text: string }
  | { readonly type: 'paragraph'; readonly text: string }
  | { readonly type: 'code'; readonly title: string; readonly text: string }

const MOST_EXPLAINED = 5

/** Explains ill health to people, the first cause first: its sentence, what to do, how many Pods, log lines and Events. What has no cause yet is left out. */
export function explain(sick: readonly TargetHealth[]): readonly ExplanationBlock[] {
  return sick.slice(0, MOST_EXPLAINED).flatMap((target, index): readonly ExplanationBlock[] => {
    const { diagnosis, log } = target
    if (diagnosis === undefined) return []
    const { affected, events } = diagnosis
    return [
      { type: 'heading', text: `${index === 0 ? 'First cause' : 'And'}: ${diagnosis.cause}` },
      { type: 'paragraph', text: `${diagnosis.message}. ${diagnosis.hint}` },
      ...(affected.total > 1 && affected.pods > 0 ? [{ type: 'paragraph' as const, text: `It shows in ${affected.pods} of ${affected.total} Pods.` }] : []),
      ...(log === undefined ? [] : [{ type: 'code' as const, title: logTitle(log), text: log.text }]),
      ...(events.length === 0
        ? []
        : [
            {
              type: 'code' as const,
              title: 'Events:',
              text: events.map(({ reason, message, count }) => `${reason}${count > 1 ? ` (${count} times)` : ''}: ${message}`).join('\n'),
            },
          ]),
    ]
  })
}

/** A diagnosis for machines: without the moment on our own clock at which it became certain, and without the text of a log, which is anybody's and would be put into a script from an output. */
export function plainDiagnosis({ diagnosis, reference, health }: TargetHealth): Readonly<Record<string, unknown>> {
  const { certainAt: _, ...known } = diagnosis ?? { message: health.message }
  return { target: describeReference(reference), ...known }
}

function logTitle({ pod, container, previous }: { readonly pod: string; readonly container: string; readonly previous: boolean }): string {
  return `Last lines of container ${container} in Pod ${pod}${previous ? ', from before its last restart' : ''}:`
}
