import { Fault } from '@fairlead/base'
import type { StringMap } from './object.ts'

/** One condition of a selector; In and NotIn have values. */
export interface LabelRequirement {
  readonly key: string
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
  readonly values?: readonly string[]
}

/** A label selector as workloads carry it. An empty one selects everything. */
export interface LabelSelector {
  readonly matchLabels?: StringMap
  readonly matchExpressions?: readonly LabelRequirement[]
}

/** Tells whether labels meet a selector. `NotIn` and `DoesNotExist` are met by a label that is absent, as in the API. */
export function selects(selector: LabelSelector, labels: StringMap = {}): boolean {
  return requirementsOf(selector).every((requirement) => meets(requirement, labels))
}

/** Writes a selector the way a query takes it: `app=web,tier in (a,b),!canary`. */
export function selectorText(selector: LabelSelector): string {
  return requirementsOf(selector).map(requirementText).join(',')
}

/** Reads a label selector that a user wrote: `app=web,tier in (a, b),env!=prod,!canary`. Throws INPUT_INVALID naming the part that is wrong. */
export function parseSelector(text: string): LabelSelector {
  const parts = splitParts(text)
  return parts.length === 0 ? {} : { matchExpressions: parts.map((part) => parseRequirement(part, text)) }
}

function requirementsOf({ matchLabels = {}, matchExpressions = [] }: LabelSelector): LabelRequirement[] {
  return [...Object.entries(matchLabels).map(([key, value]): LabelRequirement => ({ key, operator: 'In', values: [value] })), ...matchExpressions]
}

function meets({ key, operator, values = [] }: LabelRequirement, labels: StringMap): boolean {
  const present = Object.hasOwn(labels, key)
  const listed = present && values.includes(labels[key] ?? '')
  switch (operator) {
    case 'In':
      return listed
    case 'NotIn':
      return !listed
    case 'Exists':
      return present
    case 'DoesNotExist':
      return !present
  }
}

function requirementText({ key, operator, values = [] }: LabelRequirement): string {
  switch (operator) {
    case 'In':
      return values.length === 1 ? `${key}=${values[0]}` : `${key} in (${values.join(',')})`
    case 'NotIn':
      return values.length === 1 ? `${key}!=${values[0]}` : `${key} notin (${values.join(',')})`
    case 'Exists':
      return key
    case 'DoesNotExist':
      return `!${key}`
  }
}

/** Splits at the commas that are not inside parentheses. */
function splitParts(text: string): string[] {
  if (text.trim() === '') return []
  const parts = ['']
  let inside = false
  for (const character of text) {
    if (character === '(') inside = true
    if (character === ')') inside = false
    if (character === ',' && !inside) parts.push('')
    else parts[parts.length - 1] += character
  }
  return parts.map((part) => part.trim())
}

const SET = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/
const EQUALITY = /^([^\s=!]+)\s*(==|=|!=)\s*([^\s=!]*)$/

function parseRequirement(part: string, text: string): LabelRequirement {
  const set = SET.exec(part)
  if (set !== null) {
    const values = (set[3] ?? '').split(',').map((value) => value.trim())
    return checked({ key: set[1] ?? '', operator: set[2] === 'in' ? 'In' : 'NotIn', values }, part, text)
  }
  const equality = EQUALITY.exec(part)
  if (equality !== null) return checked({ key: equality[1] ?? '', operator: equality[2] === '!=' ? 'NotIn' : 'In', values: [equality[3] ?? ''] }, part, text)
  if (part.startsWith('!')) return checked({ key: part.slice(1).trim(), operator: 'DoesNotExist' }, part, text)
  return checked({ key: part, operator: 'Exists' }, part, text)
}

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/
const PREFIX = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/

function checked(requirement: LabelRequirement, part: string, text: string): LabelRequirement {
  const wrong = wrongKey(requirement.key) ?? requirement.values?.map(wrongValue).find((reason) => reason !== undefined)
  if (wrong === undefined) return requirement
  throw new Fault(
    'INPUT_INVALID',
    `label selector "${text}": ${wrong}, expected key=value, key!=value, key in (a,b), key notin (a,b), key or !key, got "${part}"`,
    {
      hint: 'Write the selector as kubectl takes it with -l.',
    },
  )
}

function wrongKey(key: string): string | undefined {
  const slash = key.indexOf('/')
  const [prefix, name] = slash < 0 ? [undefined, key] : [key.slice(0, slash), key.slice(slash + 1)]
  if (prefix !== undefined && !PREFIX.test(prefix)) return 'the prefix of a label key is a DNS name'
  return NAME.test(name) ? undefined : 'a label key is up to 63 letters, digits, -, _ and .'
}

function wrongValue(value: string): string | undefined {
  return value === '' || NAME.test(value) ? undefined : 'a label value is up to 63 letters, digits, -, _ and .'
}
