/** What an account must be allowed to do, in the words of an RBAC rule. */
export interface AccessRule {
  /** Empty for the core group. */
  readonly group: string
  /** The plural, with its subresource where there is one: `pods/log`. */
  readonly resource: string
  readonly verbs: readonly string[]
  readonly names?: readonly string[]
}

/** Writes rules as they stand in a Role, ready to be pasted. */
export function accessRulesYaml(rules: readonly AccessRule[]): string {
  return rules.map(ruleYaml).join('\n')
}

/** Writes a whole Role, ready for `kubectl apply`; without a namespace it is a ClusterRole. Binding it to the account is left to the reader. */
export function roleYaml({ name, namespace, rules }: { readonly name: string; readonly namespace?: string; readonly rules: readonly AccessRule[] }): string {
  const place = namespace === undefined ? [] : [`  namespace: ${JSON.stringify(namespace)}`]
  const head = [
    'apiVersion: rbac.authorization.k8s.io/v1',
    `kind: ${namespace === undefined ? 'ClusterRole' : 'Role'}`,
    'metadata:',
    `  name: ${JSON.stringify(name)}`,
    ...place,
  ]
  return [...head, rules.length === 0 ? 'rules: []' : `rules:\n${accessRulesYaml(rules)}`, ''].join('\n')
}

function ruleYaml({ group, resource, verbs, names = [] }: AccessRule): string {
  const lines = [`- apiGroups: ${flow([group])}`, `  resources: ${flow([resource])}`, `  verbs: ${flow(verbs)}`]
  if (names.length > 0) lines.push(`  resourceNames: ${flow(names)}`)
  return lines.join('\n')
}

function flow(words: readonly string[]): string {
  return `[${words.map((word) => JSON.stringify(word)).join(', ')}]`
}
