import { valueAt } from '../json-pointer.ts'
import type { KubeObject } from '../object.ts'

/** Reads a field selector as the API takes it: `metadata.name=web,involvedObject.uid!=1`. Any field may be asked for, which the API would not allow. */
export function parseFieldSelector(text: string): (object: KubeObject) => boolean {
  const parts = text
    .split(',')
    .map((part) => /^\s*([\w.]+)\s*(==|=|!=)\s*(.*?)\s*$/.exec(part))
    .filter((match) => match !== null)
  return (object) => parts.every(([, field = '', operator, wanted]) => (textAt(object, field) === wanted) === (operator !== '!='))
}

function textAt(object: KubeObject, field: string): string {
  const value = valueAt(object, field.split('.'))
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}
