import { formatPatch, OMIT_HEADERS, structuredPatch } from 'diff'
import { stringify } from 'yaml'
import type { KubeObject } from '../object.ts'
import { describeObject } from '../reference.ts'
import { presentable } from './presentable.ts'

/**
 * Describes what a change makes of an object, as a unified diff of YAML with sorted keys: `before` is the live object, absent where there is none yet, `after` what a
 * server-side dry run answers. Empty where nothing changes that a person would call a change; never shows a value of a Secret, only that it is another.
 */
export function describeChange(before: KubeObject | undefined, after: KubeObject): string {
  const [old, young] = [before === undefined ? '' : textOf(before), textOf(after)]
  if (old === young) return ''
  const header = `--- ${before === undefined ? '/dev/null' : `${describeObject(before)} (live)`}\n+++ ${describeObject(after)}\n`
  return header + hunksOf(old, young)
}

const CONTEXT = 3
/** The comparison takes the square of this; texts further apart have hardly a line in common. */
const MOST_EDITS = 2_000

function textOf(object: KubeObject): string {
  return stringify(presentable(object), { sortMapEntries: true, lineWidth: 0, aliasDuplicateObjects: false })
}

function hunksOf(old: string, young: string): string {
  const patch = structuredPatch('', '', old, young, undefined, undefined, { context: CONTEXT, maxEditLength: MOST_EDITS })
  return patch === undefined ? replacement(linesOf(old), linesOf(young)) : formatPatch(patch, OMIT_HEADERS)
}

/** All of the one and all of the other, where they have too little in common. */
function replacement(old: readonly string[], young: readonly string[]): string {
  return [`@@ -${rangeOf(old)} +${rangeOf(young)} @@`, ...old.map((line) => `-${line}`), ...young.map((line) => `+${line}`), ''].join('\n')
}

function rangeOf({ length }: readonly string[]): string {
  return `${length === 0 ? 0 : 1},${length}`
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').slice(0, -1)
}
