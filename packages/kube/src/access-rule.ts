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

function ruleYaml({ group, resource, verbs, names = [] }: AccessRule): string {
  const lines = [`- apiGroups: ${flow([group])}`, `  resources: ${flow([resource])}`, `  verbs: ${flow(verbs)}`]
  if (names.length > 0) lines.push(`  resourceNames: ${flow(names)}`)
  return lines.join('\n')
}

function flow(words: readonly string[]): string {
  return `[${words.map((word) => JSON.stringify(word)).join(', ')}]`
}
