import { Fault, type Problem, type SourcePosition } from '@fairlead/base'
import type { Document } from 'yaml'
import { valueAt } from './json-pointer.ts'
import { findMistakes } from './manifest-mistakes.ts'
import { findLooseAlias, ManifestText, offsetOf, type ManifestFile, type ManifestPath } from './manifest-text.ts'
import type { KubeObject } from './object.ts'
import { describeObject, referenceKey } from './reference.ts'

export type { ManifestFile, ManifestPath } from './manifest-text.ts'

/** An object of the user's with the place it stands in. */
export interface ManifestObject {
  readonly object: KubeObject
  readonly file: string
  /** The line it begins on, from 1. */
  readonly line: number
  /** Finds where a field stands, or its nearest ancestor that does: for annotations. */
  positionOf(path: ManifestPath): SourcePosition
}

/**
 * Reads manifests: multi-document YAML and JSON, lists taken apart, empty documents left out.
 *
 * Throws one INPUT_INVALID with everything that is wrong in all files, each with its place: malformed text, templates that were not rendered, missing or mistyped
 * apiVersion, kind, name and labels, the same object twice. Does not know the schema of any kind: the API server's dry run does.
 */
export function parseManifests(files: readonly ManifestFile[]): readonly ManifestObject[] {
  const texts = files.map((file) => new ManifestText(file))
  const found = texts.map(readObjects)
  const objects = found.flatMap((each) => each.objects)
  const problems = [...texts.flatMap((text) => text.problems), ...found.flatMap((each) => each.problems), ...findTwins(objects)]
  if (problems.length > 0) throw refusal(problems)
  return objects.map(({ object, text, document, path }) => ({
    object,
    file: text.file,
    line: text.position(offsetOf(document, path)).line,
    positionOf: (field) => text.position(offsetOf(document, [...path, ...field])),
  }))
}

interface Located {
  readonly object: KubeObject
  readonly text: ManifestText
  readonly document: Document
  readonly path: ManifestPath
}

interface Found {
  readonly objects: readonly Located[]
  readonly problems: readonly Problem[]
}

const NOTHING: Found = { objects: [], problems: [] }

function readObjects(text: ManifestText): Found {
  return text.problems.length > 0 ? NOTHING : join(text.documents.map((document) => readDocument(text, document)))
}

function readDocument(text: ManifestText, document: Document): Found {
  if (document.contents === null) return NOTHING
  try {
    const value: unknown = document.toJS()
    return value === null ? NOTHING : readValue(value, { text, document, path: [] })
  } catch (error) {
    // The library stops expanding at 100 aliases; nothing a person writes comes near.
    if (!(error instanceof ReferenceError)) throw error
    const loose = findLooseAlias(document)
    const problem =
      loose === undefined
        ? text.problem(document.range?.[0] ?? 0, 'its aliases multiply beyond measure, expected at most 100 of them')
        : text.problem(loose.offset, `*${loose.name} stands for nothing, expected &${loose.name} before it`)
    return { objects: [], problems: [problem] }
  }
}

function readValue(value: unknown, place: Omit<Located, 'object'>): Found {
  const items = listItems(value)
  if (items !== undefined) return join(items.map((item, index) => readValue(item, { ...place, path: [...place.path, 'items', index] })))
  const mistakes = findMistakes(value)
  if (mistakes.length === 0) return { objects: [{ object: value as KubeObject, ...place }], problems: [] }
  const { text, document, path } = place
  return { objects: [], problems: mistakes.map((mistake) => text.problem(offsetOf(document, [...path, ...mistake.path]), mistake.text, mistake.hint)) }
}

/** The objects in a `List` or a `DeploymentList`, whose items need not name their kind. */
function listItems(value: unknown): readonly unknown[] | undefined {
  const kind = valueAt(value, ['kind'])
  const items = valueAt(value, ['items'])
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return undefined
  const own = kind === 'List' ? {} : { apiVersion: valueAt(value, ['apiVersion']), kind: kind.slice(0, -'List'.length) }
  return items.map((item: unknown) => (typeof item === 'object' && item !== null && !Array.isArray(item) ? { ...own, ...item } : item))
}

function findTwins(objects: readonly Located[]): Problem[] {
  const seen = new Map<string, Located>()
  return objects.flatMap((located) => {
    const { object } = located
    const key = referenceKey({ resource: object, namespace: object.metadata.namespace, name: object.metadata.name })
    const twin = seen.get(key)
    if (twin === undefined) {
      seen.set(key, located)
      return []
    }
    const first = twin.text.position(offsetOf(twin.document, twin.path))
    const offset = offsetOf(located.document, located.path)
    return [
      located.text.problem(
        offset,
        `${describeObject(object)} stands here again, expected each object once, got another at ${first.file}:${first.line}`,
        'Remove one of the two.',
      ),
    ]
  })
}

function join(found: readonly Found[]): Found {
  return { objects: found.flatMap((each) => each.objects), problems: found.flatMap((each) => each.problems) }
}

function refusal(problems: readonly Problem[]): Fault {
  const [first] = problems
  const message = problems.length === 1 && first !== undefined ? first.message : `manifests: ${problems.length} problems, expected none`
  const only = problems.length === 1 ? first : undefined
  return new Fault('INPUT_INVALID', message, {
    problems,
    hint: only?.hint ?? 'Correct the manifests at the places named.',
    ...(first?.position === undefined ? {} : { position: first.position }),
  })
}
