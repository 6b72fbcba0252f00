import { type Container, containerPath } from '../container.ts'
import { exitCodeText } from '../exit-code.ts'
import { textAt } from '../fields.ts'
import { eventsAbout, exitLog, type Finding, firstOf, type Patient, UNTIL_DEADLINE } from '../finding.ts'
import { type Crash, crashOf, timesText } from './crash.ts'

/** Finds an init container that failed for good: at its first failure when it is not tried again, at the second exit with the same code otherwise. */
export function findInitContainer(patient: Patient): Finding | undefined {
  return firstOf(patient, (container) => (container.role === 'init' ? examine(patient, container) : undefined))
}

function examine(patient: Patient, container: Container): Finding | undefined {
  const { exit, running } = container
  if (exit?.code === 0 || running) return undefined
  const isTriedOnce = textAt(patient.pod, 'spec', 'restartPolicy') === 'Never'
  const crash = isTriedOnce && exit !== undefined ? { exit, times: 1, certain: true } : crashOf(patient, container)
  return crash === undefined ? undefined : finding(patient, container, crash)
}

function finding(patient: Patient, container: Container, { exit, times, certain }: Crash): Finding {
  return {
    cause: 'init-container',
    says: `init container "${container.name}" exited with code ${exitCodeText(exit.code)}${times > 1 ? `, ${timesText(times)}` : ''}, so the Pod never starts`,
    patience: certain ? 0 : UNTIL_DEADLINE,
    container: container.name,
    events: eventsAbout(patient, container.name, /^BackOff/),
    log: exitLog(patient, container),
    field: containerPath(container),
    hint: 'Read the last lines of its log, and correct what makes it fail.',
  }
}
