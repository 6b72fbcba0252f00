import { type Container, containerPath } from '../reading/container.ts'
import { exitCodeText } from '../reading/exit-code.ts'
import { textAt } from '../reading/fields.ts'
import { eventsAbout, exitLog, type Finding, firstOf, type ObservedPod, UNTIL_DEADLINE } from '../judging/finding.ts'
import { type Crash, crashOf, timesText } from './crash.ts'

/** Finds an init container that failed for good: at its first failure when it is not tried again, at the second exit with the same code otherwise. */
export function findInitContainer(observed: ObservedPod): Finding | undefined {
  return firstOf(observed, (container) => (container.role === 'init' ? examine(observed, container) : undefined))
}

function examine(observed: ObservedPod, container: Container): Finding | undefined {
  const { exit, running } = container
  if (exit?.code === 0 || running) return undefined
  const isTriedOnce = textAt(observed.pod, 'spec', 'restartPolicy') === 'Never'
  const crash = isTriedOnce && exit !== undefined ? { exit, times: 1, certain: true } : crashOf(observed, container)
  return crash === undefined ? undefined : finding(observed, container, crash)
}

function finding(observed: ObservedPod, container: Container, { exit, times, certain }: Crash): Finding {
  return {
    cause: 'init-container',
    says: `init container "${container.name}" exited with code ${exitCodeText(exit.code)}${times > 1 ? `, ${timesText(times)}` : ''}, so the Pod never starts`,
    patience: certain ? 0 : UNTIL_DEADLINE,
    container: container.name,
    events: eventsAbout(observed, container.name, /^BackOff/),
    log: exitLog(observed, container),
    field: containerPath(container),
    hint: 'Read the last lines of its log, and correct what makes it fail.',
  }
}
