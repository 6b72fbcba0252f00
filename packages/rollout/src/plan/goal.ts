import { Fault, type Problem } from '@fairlead/base'
import { isDigest, shortReference } from '@fairlead/image'
import type { ReleaseNote } from '../journal/index.ts'
import { referenceOf } from '../release/index.ts'

/** Which release is to be gone back to: by its number, by an image of it, or by the tag of one. */
export type Goal =
  | { readonly type: 'number'; readonly number: number }
  | { readonly type: 'digest'; readonly digest: string }
  | { readonly type: 'tag'; readonly tag: string; readonly name?: string }

/** A goal for one app, or for all. */
export interface GoalLine {
  readonly app?: string
  readonly goal: Goal
}

/** Reads a line of `to`: `41`, `1.4.2`, `web:1.4.2`, `sha256:...`, each with `app=` before it where it is for one of several. Throws INPUT_INVALID. */
export function parseGoal(line: string): GoalLine {
  const [, app, value = ''] = /^(?:([a-z0-9][a-z0-9-]*)=)?(.+)$/.exec(line) ?? []
  return { ...(app === undefined ? {} : { app }), goal: goalIn(value) }
}

/** Says what is wrong with goals before anything is contacted. */
export function goalProblems(apps: readonly string[], goals: readonly GoalLine[]): readonly Problem[] {
  const unknown = goals.find(({ app }) => app !== undefined && !apps.includes(app))
  const bare = goals.find(({ app, goal }) => app === undefined && goal.type === 'number')
  const twice = goals.filter(({ app }, index) => goals.findIndex((each) => each.app === app) !== index)
  const without = goalless(apps, goals)
  return [
    ...(unknown === undefined ? [] : [{ message: `input "to": expected one of the apps ${apps.join(', ')}, got "${unknown.app ?? ''}"` }]),
    ...(bare === undefined || apps.length < 2
      ? []
      : [{ message: `input "to": expected app=number with several apps, got ${describeGoal(bare.goal)}`, hint: 'Every app counts its own releases.' }]),
    ...(twice.length === 0 ? [] : [{ message: `input "to": expected one line for each app, got several for ${twice[0]?.app ?? 'all'}` }]),
    ...(without === undefined ? [] : [{ message: `input "to": expected a line for each app, got none for ${without}` }]),
  ]
}

function goalless(apps: readonly string[], goals: readonly GoalLine[]): string | undefined {
  if (goals.length === 0 || goals.some(({ app }) => app === undefined)) return undefined
  return apps.find((app) => !goals.some((each) => each.app === app))
}

/** The goal of an app; undefined where none is named. */
export function goalOf(goals: readonly GoalLine[], app: string): Goal | undefined {
  return (goals.find((line) => line.app === app) ?? goals.find((line) => line.app === undefined))?.goal
}

/** Finds the one release that is meant. A text says why there is none, with the list of what exists. */
export function findRelease(goal: Goal, notes: readonly ReleaseNote[]): ReleaseNote | string {
  const found = notes.filter((note) => isMeant(goal, note))
  const [one] = found
  if (one !== undefined && found.length === 1) return one
  if (one === undefined) return `no release is known by ${describeGoal(goal)}, expected one of ${listed(notes)}`
  return `${describeGoal(goal)} is what several releases run, expected one by its number: ${listed(found)}`
}

/** A goal as it was written. */
export function describeGoal(goal: Goal): string {
  if (goal.type === 'number') return String(goal.number)
  return goal.type === 'digest' ? shortReference(goal.digest) : `${goal.name === undefined ? '' : `${goal.name}:`}${goal.tag}`
}

function goalIn(value: string): Goal {
  if (/^\d{1,9}$/.test(value)) return { type: 'number', number: Number(value) }
  const digest = value.slice(value.indexOf('@') + 1)
  if (isDigest(digest)) return { type: 'digest', digest }
  const [, name, tag = ''] = /^(?:([\w.:/-]+):)?(\w[\w.-]{0,127})$/.exec(value) ?? []
  if (tag === '') {
    throw new Fault('INPUT_INVALID', `expected the number of a release, a tag such as 1.4.2 or web:1.4.2, or a digest sha256:..., got ${JSON.stringify(value)}`)
  }
  return { type: 'tag', tag, ...(name === undefined ? {} : { name }) }
}

function isMeant(goal: Goal, { number, images, running = [] }: ReleaseNote): boolean {
  if (goal.type === 'number') return number === goal.number
  if (goal.type === 'digest') return [...images, ...running].some((image) => image.endsWith(goal.digest))
  return images.some((image) => hasTag(image, goal))
}

function hasTag(image: string, { tag, name }: Extract<Goal, { readonly type: 'tag' }>): boolean {
  const reference = referenceOf(image)
  if (reference?.tag !== tag) return false
  const whole = `${reference.registry}/${reference.repository}`
  return name === undefined || whole === name || whole.endsWith(`/${name}`)
}

function listed(notes: readonly ReleaseNote[]): string {
  if (notes.length === 0) return 'none: it has never been released'
  return notes.map(({ number, images }) => `${number} (${images.map(shortReference).join(', ') || 'what was there before'})`).join(', ')
}
