import { oneLine } from '../reading/condition.ts'
import { type Container, containerPath } from '../reading/container.ts'
import type { ClusterEvent } from '../reading/event.ts'
import { at } from '../reading/fields.ts'
import { eventsAbout, type Finding, firstOf, type ObservedPod, UNTIL_DEADLINE } from '../judging/finding.ts'
import { timesText } from './crash.ts'

type Probe = 'startup' | 'liveness' | 'readiness'

/** Finds a probe that fails. One that kills its container is certain at the second kill; readiness may come at any time, so only the deadline decides. */
export function findProbe(observed: ObservedPod): Finding | undefined {
  return firstOf(observed, (container) => killing(observed, container, 'startup') ?? killing(observed, container, 'liveness') ?? failing(observed, container))
}

/** A kill counts only where its container is not well now, or ended while we looked on: the Event of an old one stays for an hour. */
function killing(observed: ObservedPod, container: Container, probe: Exclude<Probe, 'readiness'>): Finding | undefined {
  if (container.ready && !observed.exits.has(container.name)) return undefined
  const kills = eventsAbout(observed, container.name, new RegExp(`^Killing: .*\\b${container.name}\\b.* failed ${probe} probe`, 'i'))
  const times = kills.reduce((sum, { count }) => sum + count, 0)
  const failures = failuresOf(observed, container, probe)
  if (times === 0 && (failures.length === 0 || container.ready || !container.running)) return undefined
  const killed = times === 0 ? '' : `, and was killed for it ${timesText(times)}`
  return finding(container, probe, {
    says: `fails its ${probe} probe${wordsOf(failures)}${killed}`,
    patience: times >= 2 ? 0 : UNTIL_DEADLINE,
    events: [...failures, ...kills],
    previous: times > 0,
    observed,
  })
}

function failing(observed: ObservedPod, container: Container): Finding | undefined {
  const probes = at(container.spec, 'readinessProbe') !== undefined
  if (!probes || !container.running || container.ready) return undefined
  const events = failuresOf(observed, container, 'readiness')
  const says = events.length === 0 ? 'runs, but its readiness probe has not succeeded' : `fails its readiness probe${wordsOf(events)}`
  return finding(container, 'readiness', { says, patience: UNTIL_DEADLINE, events, previous: false, observed })
}

function failuresOf(observed: ObservedPod, { name }: Container, probe: Probe): readonly ClusterEvent[] {
  return eventsAbout(observed, name, new RegExp(`^Unhealthy: ${probe} probe (?:failed|errored)`, 'i'))
}

/** The newest failure in the probe's own words. */
function wordsOf(failures: readonly ClusterEvent[]): string {
  const newest = failures.toSorted((a, b) => b.last - a.last)[0]
  if (newest === undefined) return ''
  const words = oneLine(newest.message).replace(/^\w+ probe (?:failed|errored)(?: and resulted in unknown state)?:?\s*/i, '')
  return words === '' ? '' : `: ${words}`
}

interface ProbeTrouble extends Pick<Finding, 'says' | 'patience' | 'events'> {
  readonly previous: boolean
  readonly observed: ObservedPod
}

function finding(container: Container, probe: Probe, { says, patience, events, previous, observed }: ProbeTrouble): Finding {
  const { name } = container
  return {
    cause: 'probe',
    says: `container "${name}" ${says}`,
    patience,
    container: name,
    events,
    log: { pod: observed.pod.metadata.name, container: name, previous: previous && container.restarts > 0 && container.exit === undefined },
    field: [...containerPath(container), `${probe}Probe`],
    hint:
      probe === 'readiness'
        ? 'Find out in its log why it is not ready, or correct the probe.'
        : 'Give it more time (failureThreshold, periodSeconds), or correct what the probe asks for.',
  }
}
