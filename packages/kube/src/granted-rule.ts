import type { AccessQuestion, GrantedRule } from './cluster.ts'

/**
 * Tells whether a rule grants what is asked, exactly as RBAC does: `*` stands for every verb, every group, every resource with all its subresources; a star with a
 * subresource behind it for that one of every resource; a rule that is limited to names grants only requests that carry one of them.
 */
export function grants(rule: GrantedRule, { verb, group, resource, subresource, name }: AccessQuestion): boolean {
  return (
    holds(rule.verbs, verb) &&
    holds(rule.groups, group) &&
    grantsResource(rule.resources, resource, subresource) &&
    (rule.names.length === 0 || (name !== undefined && rule.names.includes(name)))
  )
}

function grantsResource(granted: readonly string[], resource: string, subresource: string | undefined): boolean {
  if (subresource === undefined) return holds(granted, resource)
  return holds(granted, `${resource}/${subresource}`) || granted.includes(`*/${subresource}`)
}

function holds(granted: readonly string[], wanted: string): boolean {
  return granted.includes('*') || granted.includes(wanted)
}
