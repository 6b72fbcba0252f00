import type { FaultCode, Problem } from '@fairlead/base'
import { accessRulesYaml } from '../access-rule.ts'
import { groupOf } from '../known-resources.ts'
import type { Call, CallAccess } from './call.ts'
import type { Cause, Status } from './status.ts'

/** What a Status means to the user: a code, the words, and what to do. */
export interface Explanation {
  readonly code: FaultCode
  readonly text: string
  readonly hint?: string
  readonly problems?: readonly Problem[]
}

/** Explains an answer that is no success. */
export function explain(status: Status, call: Call): Explanation {
  if (status.code >= 300 && status.code < 400) return redirected(status)
  switch (status.code) {
    case 401:
      return { code: 'ACCESS_DENIED', text: `the API server does not know this account, expected valid credentials, got 401 ${status.message}`, hint: RENEW }
    case 403:
      return forbidden(status, call)
    case 404:
      return absent(status, call)
    case 409:
      return conflicting(status)
    default:
      return isRefusal(status) ? refused(status) : { code: 'UNAVAILABLE', text: `the API server answered ${status.code}: ${status.message}` }
  }
}

function isRefusal({ code, message }: Status): boolean {
  return code >= 500 ? UNTYPED.test(message) : code !== 410 && code !== 429
}

function refused({ message, causes }: Status): Explanation {
  return { code: 'INPUT_INVALID', text: `the API server refused it: ${message}`, problems: causes.map(causeProblem) }
}

/** Server-side apply answers 500 to a field that the kind does not have: waiting does not mend it. */
const UNTYPED = /failed to create typed patch object|field not declared in schema/

const RENEW = 'Renew the token or certificate of this account: it may have expired.'

function redirected({ code, location }: Status): Explanation {
  return {
    code: 'INPUT_INVALID',
    text: `the server answered ${code}, expected an API server, got a redirect${location === undefined ? '' : ` to ${location}`}`,
    hint: 'Give the address of the API server itself: credentials are never sent on to where a redirect points.',
  }
}

/** `deployments.apps "web" is forbidden: User "ci" cannot patch resource "deployments" in API group "apps" in the namespace "shop"` */
const RBAC =
  /User "(?<user>[^"]*)" cannot (?<verb>\S+) (?:resource "(?<resource>[^"]+)" in API group "(?<group>[^"]*)"(?: in the namespace "(?<namespace>[^"]+)")?|path)/

function forbidden(status: Status, call: Call): Explanation {
  const words = RBAC.exec(status.message)?.groups
  if (words === undefined && status.reason === 'Forbidden' && !ANONYMOUS.test(status.message)) {
    // Quotas, Pod security and webhooks say 403 too: no Role mends those.
    return { code: 'INPUT_INVALID', text: `the API server refused it: ${status.message}`, hint: 'Change the object, or what admits objects to this namespace.' }
  }
  const { group, resource, verb, namespace } = words === undefined ? ownWords(call.access) : { ...NOBODY, ...words }
  const text = `this account may not ${verb} ${resource}: ${status.message}`
  if (resource === '') return { code: 'ACCESS_DENIED', text }
  const role = namespace === undefined ? 'a ClusterRole' : `a Role of namespace ${namespace}`
  return { code: 'ACCESS_DENIED', text, hint: `Add this rule to ${role} of the account:\n${accessRulesYaml([{ group, resource, verbs: [verb] }])}` }
}

const ANONYMOUS = /^$|system:anonymous/

interface DeniedAccess {
  readonly group: string
  readonly resource: string
  readonly verb: string
  readonly namespace?: string | undefined
}

const NOBODY: DeniedAccess = { group: '', resource: '', verb: 'get' }

/** What we asked for, where the server does not say it. */
function ownWords(access: CallAccess | undefined): DeniedAccess {
  if (access === undefined) return NOBODY
  const { resource, subresource, verb, namespace } = access
  return { group: groupOf(resource.apiVersion), resource: subresource === undefined ? resource.plural : `${resource.plural}/${subresource}`, verb, namespace }
}

/** The server names the object it misses; without a name it is the kind, or the whole path, that it does not know. */
function absent(status: Status, call: Call): Explanation {
  if (status.missing !== undefined) return { code: 'NOT_FOUND', text: `the API server has none: ${status.message}`, hint: 'Check the name and the namespace.' }
  const { resource } = call.access ?? {}
  const what = resource === undefined ? 'this path' : `${resource.kind} of ${resource.apiVersion}`
  return {
    code: 'UNSUPPORTED',
    text: `this API server does not serve ${what}, got 404 ${status.message}`,
    hint: 'Install what brings this kind, or use a version that the cluster serves; a server URL without its path ends here too.',
  }
}

function conflicting(status: Status): Explanation {
  const owned = status.causes.filter(({ reason }) => reason === 'FieldManagerConflict')
  if (owned.length === 0) return { code: 'CONFLICT', text: `the API server refused it as conflicting: ${status.message}` }
  const problems = owned.map(({ field, message }) => ({ message: `${field}: ${message}` }))
  return {
    code: 'CONFLICT',
    text: `fields belong to other managers: ${problems.map(({ message }) => message).join('; ')}`,
    hint: 'Leave these fields out of the manifest, or take them over with `force-conflicts: true`.',
    problems,
  }
}

function causeProblem({ field, message }: Cause): Problem {
  return { message: field === '' ? message : `${field}: ${message}` }
}
