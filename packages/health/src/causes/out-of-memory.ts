import { type Container, containerPath } from '../reading/container.ts'
import { textAt } from '../reading/fields.ts'
import { exitLog, type Finding, firstOf, type ObservedPod, UNTIL_DEADLINE } from '../judging/finding.ts'
import { crashOf, timesText } from './crash.ts'

/** Finds a container that is killed for the memory it uses. Certain as a crash is: at the second time. */
export function findOutOfMemory(observed: ObservedPod): Finding | undefined {
  return firstOf(observed, (container) => examine(observed, container))
}

function examine(observed: ObservedPod, container: Container): Finding | undefined {
  const crash = crashOf(observed, container)
  if (crash === undefined || crash.exit.reason !== 'OOMKilled') return undefined
  const limit = textAt(container.spec, 'resources', 'limits', 'memory')
  const says =
    limit === undefined
      ? 'was killed because the node ran out of memory; it has no limit of its own'
      : `was killed for using more memory than its limit of ${limit}`
  return {
    cause: 'out-of-memory',
    says: `container "${container.name}" ${says} (OOMKilled)${crash.times > 1 ? `, ${timesText(crash.times)}` : ''}`,
    patience: crash.certain ? 0 : UNTIL_DEADLINE,
    container: container.name,
    events: [],
    log: exitLog(observed, container),
    field: [...containerPath(container), 'resources', 'limits', 'memory'],
    hint: limit === undefined ? 'Give it a memory request and limit that fit.' : 'Raise its memory limit, or let it use less.',
  }
}
