import { readdirSync, readFileSync } from 'node:fs'
import type { KubeObject } from '@fairlead/kube'
import { parseAllDocuments } from 'yaml'
import { surroundingsOf, type Surroundings } from '../src/index.ts'

const FOLDER = new URL('fixtures/', import.meta.url)

/** An object as a cluster shows it, with what stands around it. */
export interface Fixture {
  readonly object: KubeObject
  readonly others: readonly KubeObject[]
  readonly around: Surroundings
}

/** Reads a fixture: the first document is the object, the others are its surroundings. All kinds of surroundings count as read. */
export function fixture(name: string): Fixture {
  const documents = parseAllDocuments(readFileSync(new URL(`${name}.yaml`, FOLDER), 'utf8')).map((document): KubeObject => document.toJS())
  const [object, ...others] = documents
  if (object === undefined) throw new Error(`fixture ${name}: is empty, expected an object`)
  return { object, others, around: surroundingsOf(documents, ['ReplicaSet', 'Pod', 'Event', 'EndpointSlice']) }
}

export function fixtureNames(): readonly string[] {
  return readdirSync(FOLDER).map((file) => file.replace(/\.yaml$/, ''))
}
