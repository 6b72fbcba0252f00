import { oneLine } from '../reading/condition.ts'
import { type Container, containerPath } from '../reading/container.ts'
import type { FieldPath } from '../diagnosis.ts'
import { eventSpan } from '../reading/event.ts'
import { eventsAbout, type Finding, firstOf, type ObservedPod, UNTIL_DEADLINE } from '../judging/finding.ts'
import { missingObject } from './missing-config.ts'

/** For what a runtime may still sort out by itself. */
const GRACE = 5_000

const CREATING = new Set(['CreateContainerError', 'CreateContainerConfigError', 'RunContainerError', 'PreCreateHookError', 'PostStartHookError'])
/** How an exit says that the container never ran: the exit code is then the runtime's. */
const NEVER_RAN = new Set(['StartError', 'ContainerCannotRun'])
const PASSING = /timed out|deadline exceeded|is reserved for|not yet been read|try again/i
/** What lies in the image or the manifest, and so does not change by itself. */
const FINAL =
  /executable file not found|no such file or directory|permission denied|exec format error|runAsNonRoot|breaks non-root policy|no command specified|is not a directory/i

/** Finds a container that the runtime cannot create or start: no such command, not allowed as root. */
export function findContainerCreate(observed: ObservedPod): Finding | undefined {
  return firstOf(observed, (container) => examine(observed, container))
}

function examine(observed: ObservedPod, container: Container): Finding | undefined {
  const message = troubleOf(container)
  if (message === undefined || missingObject(message) !== undefined) return undefined
  const words = runtimeWords(message)
  const events = eventsAbout(observed, container.name, /^Failed: /)
  return {
    cause: 'container-create',
    says: `container "${container.name}" cannot be started: ${words === '' ? (container.waiting?.reason ?? 'no reason given') : words}`,
    patience: FINAL.test(message) ? 0 : PASSING.test(message) ? UNTIL_DEADLINE : GRACE,
    proven: eventSpan(events),
    container: container.name,
    events,
    field: fieldOf(container, message),
    hint: hintFor(message),
  }
}

/** The runtime's message stays on the last exit while the kubelet backs off. */
function troubleOf({ waiting, exit, lastExit, running }: Container): string | undefined {
  if (running) return undefined
  if (waiting !== undefined && CREATING.has(waiting.reason)) return waiting.message
  const last = exit ?? lastExit
  return last !== undefined && NEVER_RAN.has(last.reason) ? last.message : undefined
}

/** Leaves the runtime's last clause, which is the one that says something. */
export function runtimeWords(message: string): string {
  const words = oneLine(message).replace(/: unknown$/, '')
  const clause =
    /(?:unable to start container process: |OCI runtime create failed: |failed to create containerd task: )(?!.*(?:unable to start container process|OCI runtime create failed): )(.*)$/.exec(
      words,
    )
  return clause?.[1] ?? words
}

function fieldOf(container: Container, message: string): FieldPath {
  if (/runAsNonRoot|breaks non-root policy/.test(message)) return [...containerPath(container), 'securityContext']
  return /executable file|no such file|exec format|permission denied/i.test(message) ? [...containerPath(container), 'command'] : containerPath(container)
}

function hintFor(message: string): string {
  if (/exec format error/i.test(message)) return 'Build the image for the platform of the nodes.'
  if (/executable file not found|no such file|no command/i.test(message)) return 'Correct command and args, or the entrypoint of the image.'
  if (/runAsNonRoot|breaks non-root policy/.test(message)) return 'Set runAsUser to a user other than root, or build the image with one.'
  return 'Read the message of the container runtime, and correct the container.'
}
