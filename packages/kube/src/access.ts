import type { AccessRule } from './access-rule.ts'
import type { AccessQuestion, Cluster, GrantedRules, ReadOptions } from './cluster.ts'
import { grants } from './granted-rule.ts'

/**
 * What an account must be allowed to do, and where. `names` narrows every verb whose request carries a name: all on one object, and `create` too where the object comes by
 * PUT or by server-side apply or is a subresource. A POST carries none: who creates that way asks for `create` without names. `list`, `watch` and `deletecollection` never
 * carry one and are asked without.
 */
export interface NeededAccess extends AccessRule {
  /** Absent for kinds without a namespace, and for all namespaces at once. */
  readonly namespace?: string
}

/** Who can be asked about access: a cluster. */
export type AccessReviews = Pick<Cluster, 'rules' | 'may'>

/**
 * Answers what of the needed access this account does not have: only the missing verbs and names, what is missed first standing first, one rule for what stands together.
 *
 * One rules review per namespace; where that does not list everything, or there is no namespace, an access review for each question it leaves open, a few at once.
 * Throws the Fault of a review that gets no answer: not knowing is not missing.
 */
export async function missingAccess(cluster: AccessReviews, needed: readonly NeededAccess[], options: ReadOptions = {}): Promise<readonly NeededAccess[]> {
  const questions = new Map(needed.flatMap(questionsOf).map((question) => [keyOf(question), question]))
  const namespaces = [...new Set([...questions.values()].map(({ namespace }) => namespace))]
  const granted = new Map(await eachOf(namespaces, async (namespace) => [namespace, await rulesOf(cluster, namespace, options)] as const))
  const answers = await eachOf([...questions.values()], async (question) => {
    const { rules, incomplete } = granted.get(question.namespace) ?? UNKNOWN
    const may = rules.some((rule) => grants(rule, question)) || (incomplete && (await cluster.may(question, options)))
    return may ? [] : [question]
  })
  return togetherByName(answers.flat())
}

const AT_ONCE = 8
const UNKNOWN: GrantedRules = { rules: [], incomplete: true }
const NAMELESS = new Set(['list', 'watch', 'deletecollection'])

async function rulesOf(cluster: AccessReviews, namespace: string | undefined, options: ReadOptions): Promise<GrantedRules> {
  return namespace === undefined ? UNKNOWN : cluster.rules(namespace, options)
}

function questionsOf({ group, resource, verbs, names = [], namespace }: NeededAccess): readonly AccessQuestion[] {
  const [plural = '', subresource] = resource.split('/')
  const place = { group, resource: plural, ...(subresource === undefined ? {} : { subresource }), ...(namespace === undefined ? {} : { namespace }) }
  return verbs.flatMap((verb) => (names.length === 0 || NAMELESS.has(verb) ? [{ verb, ...place }] : names.map((name) => ({ verb, ...place, name }))))
}

/** Collects first the verbs that one object misses, then the objects that miss the same verbs. */
function togetherByName(missing: readonly AccessQuestion[]): readonly NeededAccess[] {
  const objects = groupBy(missing, (question) => keyOf({ ...question, verb: '' })).map((alike) => ({
    question: alike[0],
    verbs: alike.map(({ verb }) => verb),
  }))
  return groupBy(objects, kindKey).map((alike) => {
    const [{ question, verbs }] = alike
    const { group, resource, subresource, namespace } = question
    const names = alike.flatMap((each) => each.question.name ?? [])
    return {
      group,
      resource: subresource === undefined ? resource : `${resource}/${subresource}`,
      verbs,
      ...(names.length === 0 ? {} : { names }),
      ...(namespace === undefined ? {} : { namespace }),
    }
  })
}

/** Tells apart what cannot stand in one rule. */
function kindKey({ question, verbs }: { readonly question: AccessQuestion; readonly verbs: readonly string[] }): string {
  const { group, resource, subresource, namespace, name } = question
  return JSON.stringify([group, resource, subresource, namespace, name === undefined, verbs.toSorted()])
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): readonly (readonly [T, ...T[]])[] {
  const groups = new Map<string, [T, ...T[]]>()
  for (const item of items) {
    const group = groups.get(key(item))
    if (group === undefined) groups.set(key(item), [item])
    else group.push(item)
  }
  return [...groups.values()]
}

function keyOf({ verb, group, resource, subresource, namespace, name }: AccessQuestion): string {
  return JSON.stringify([verb, group, resource, subresource, namespace, name])
}

/** Asks for each, at most a few at a time; answers in order. */
async function eachOf<T, R>(items: readonly T[], ask: (item: T) => Promise<R>): Promise<readonly R[]> {
  const answers: R[] = []
  const left = items.entries()
  const worker = async () => {
    for (const [index, item] of left) answers[index] = await ask(item)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return answers
}
