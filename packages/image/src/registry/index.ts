import { deadlineIn, isFault, RequestFault, type Fault, type Host } from '@fairlead/base'
import { formatReference, shortReference, type ImageReference } from '../reference.ts'
import type { DigestAnswer, Registry } from '../registry.ts'
import { readDockerConfig, type DockerConfig } from './docker-config.ts'
import { findDigest } from './find-digest.ts'
import { loginFor } from './login.ts'
import { Visits } from './visit.ts'
import { Wire } from './wire.ts'

/** How patient we are with registries. */
export interface RegistryOptions {
  /** Milliseconds for one question, with all its requests. 10 s unless told. */
  readonly deadline?: number
  /** Milliseconds one request may take. 5 s unless told. */
  readonly attemptTimeout?: number
  /** PEM that replaces the trusted authorities of this machine. */
  readonly ca?: string
  /** Only for tests: what spreads the pauses. */
  readonly random?: () => number
}

export interface OpenRegistry extends Registry {
  close(): void
}

/**
 * Prepares to ask registries with the credentials of the job's docker config (`DOCKER_CONFIG`, or `.docker` in `HOME`). Contacts nothing yet.
 *
 * Starts no credential helper: what a helper keeps is asked for without credentials, and a refusal then says so. Every secret it finds or is given is masked before use.
 * Registries of this machine may speak plain HTTP, all others only HTTPS with a trusted certificate. A redirect to another place is not followed.
 */
export function openRegistry(host: Host, options: RegistryOptions = {}): OpenRegistry {
  const { deadline = 10_000, attemptTimeout = 5_000, ca, random } = options
  const wire = new Wire({
    environment: host.environment,
    clock: host.clock,
    attemptTimeout,
    ...(ca === undefined ? {} : { ca }),
    ...(random === undefined ? {} : { random }),
  })
  const visits = new Visits(wire, (secret) => host.mask(secret))
  let reading: Promise<DockerConfig> | undefined
  return {
    async digestOf(reference, { signal } = {}) {
      try {
        reading ??= readDockerConfig(host)
        const login = loginFor(await reading, reference)
        return await findDigest(await visits.open({ reference, login, patience: { deadline: deadlineIn(host.clock, deadline), signal } }), reference)
      } catch (error) {
        if (signal?.aborted === true || !isFault(error) || isFault(error, 'BUG') || isFault(error, 'CANCELLED')) throw error
        return unreadable(reference, error)
      }
    },
    close: () => wire.close(),
  }
}

function unreadable(reference: ImageReference, fault: Fault): DigestAnswer {
  const hint = fault instanceof RequestFault ? hintOf(fault) : fault.hint
  const message = `Image "${shortReference(formatReference(reference))}": the registry cannot be read, ${fault.message}`
  return { type: 'unreadable', message, ...(hint === undefined ? {} : { hint }) }
}

/** The hint of a lost request speaks of a cluster. */
function hintOf({ code }: RequestFault): string {
  return code === 'ENVIRONMENT_MISSING'
    ? 'Name the authority that signed the certificate of the registry in NODE_EXTRA_CA_CERTS.'
    : 'Check that this machine reaches the registry, and HTTPS_PROXY where there is a proxy.'
}
