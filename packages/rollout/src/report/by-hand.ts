import type { RolloutOutcome } from '../execute/run-rollout.ts'
import type { Journal } from '../journal/index.ts'
import { backendLabels, LABELS, type Backend } from '@fairlead/traffic'

/** The commands with which a person looks and goes back, for when we have stopped halfway: the account of the run may be the very thing that does not work. Empty where nothing is open. */
export function byHand({ forward, wayBack, unseen, barred, journals, places }: RolloutOutcome, namespace: string): readonly string[] {
  const isOpen =
    unseen !== undefined || barred !== undefined
      ? true
      : wayBack === undefined
        ? forward.ended === 'late' || (forward.ended !== 'complete' && hasMoved(forward.records))
        : wayBack.ended !== 'complete'
  if (!isOpen) return []
  return places.flatMap(({ app, service }) => commandsFor({ namespace, app, service }, journals.get(app)))
}

interface Where {
  readonly namespace: string
  readonly app: string
  readonly service: string
}

function commandsFor({ namespace, app, service }: Where, journal: Journal | undefined): readonly string[] {
  const back = journal?.rollout === undefined ? (journal?.returning === true ? journal.previous?.backend : journal?.active?.backend) : journal.rollout.from
  const look = [
    `# ${app}: where its Service leads, and which Pods are ready`,
    `kubectl -n ${namespace} get service ${service} -o jsonpath='{.spec.selector}{"\\n"}'`,
    `kubectl -n ${namespace} get pods -L ${LABELS.slot},${LABELS.hash}`,
  ]
  return back === undefined
    ? look
    : [
        ...look,
        `# once its Pods are ready, back to ${nameOf(back)}:`,
        `kubectl -n ${namespace} patch service ${service} --type=merge -p '${selectorPatch(back)}'`,
      ]
}

/** A merge patch keeps the labels of the app; null takes away the other way of narrowing. */
function selectorPatch(backend: Backend): string {
  return JSON.stringify({ spec: { selector: { [LABELS.slot]: null, [LABELS.hash]: null, ...backendLabels(backend) } } })
}

function nameOf(backend: Backend): string {
  return backend.type === 'slot' ? backend.slot : 'what was there before'
}

function hasMoved(records: RolloutOutcome['forward']['records']): boolean {
  return records.some(({ step, state }) => step.type === 'move' && state !== 'not reached')
}
