import { type Container, containerPath, type Exit } from '../reading/container.ts'
import { eventsAbout, exitLog, type Finding, firstOf, type ObservedPod, UNTIL_DEADLINE } from '../judging/finding.ts'
import { exitCodeText } from '../reading/exit-code.ts'
import { textAt } from '../reading/fields.ts'

/** Exits of a container that are alike, as far as they are known. */
export interface Crash {
  readonly exit: Exit
  readonly times: number
  /** Not another try will end differently: the second exit with the same code, or one that is never followed by another try. */
  readonly certain: boolean
}

/** Finds a container that keeps ending. Certain at the second exit with the same code; init containers are told apart elsewhere. */
export function findCrash(observed: ObservedPod): Finding | undefined {
  return firstOf(observed, (container) => (container.role === 'init' ? undefined : examine(observed, container)))
}

/**
 * Reads how often a container has crashed in the same way.
 *
 * A back-off after at least one restart proves two exits, even those from before we looked. An exit from before we looked counts for nothing else: it may
 * be weeks old.
 */
export function crashOf(observed: ObservedPod, container: Container): Crash | undefined {
  if (container.ready) return undefined
  const seen = observed.exits.get(container.name) ?? []
  const isBackingOff = container.waiting?.reason === 'CrashLoopBackOff'
  const exit = seen.at(-1) ?? (isBackingOff ? (container.exit ?? container.lastExit) : undefined)
  if (exit === undefined) return undefined
  const alike = seen.filter(({ code }) => code === exit.code).length
  const isAllAlike = alike === seen.length
  const times = isBackingOff && isAllAlike ? Math.max(alike, container.restarts + 1) : alike
  return { exit, times, certain: times >= 2 }
}

/** Writes how often: `twice`, `3 times`. */
export function timesText(times: number): string {
  return times <= 1 ? 'once' : times === 2 ? 'twice' : `${times} times`
}

/** A Pod that is not always restarted is meant to come to an end. */
function maySucceed({ pod }: ObservedPod): boolean {
  return (textAt(pod, 'spec', 'restartPolicy') ?? 'Always') !== 'Always'
}

function examine(observed: ObservedPod, container: Container): Finding | undefined {
  const crash = crashOf(observed, container)
  if (crash === undefined || (crash.exit.code === 0 && maySucceed(observed))) return undefined
  const { exit, times, certain } = crash
  return {
    cause: 'crash',
    says: `container "${container.name}" exited with code ${exitCodeText(exit.code)}${times > 1 ? `, ${timesText(times)}` : ''}`,
    patience: certain ? 0 : UNTIL_DEADLINE,
    container: container.name,
    events: eventsAbout(observed, container.name, /^(?:BackOff|Killing)/),
    log: exitLog(observed, container),
    field: containerPath(container),
    hint: exit.code === 0 ? 'Let the command run in the foreground.' : 'Read the last lines of its log, and correct what makes it exit.',
  }
}
