import type { Problem, SourcePosition } from '@fairlead/base'
import { isAlias, isCollection, isMap, isNode, isScalar, isSeq, LineCounter, parseAllDocuments, visit, type Document, type ScalarTag, type Tags } from 'yaml'
import type { PathSegment } from './json-pointer.ts'

/** A file of Kubernetes manifests: its name as messages should show it, and its content. */
export interface ManifestFile {
  readonly file: string
  readonly text: string
}

/** The keys and indexes that lead to a field. */
export type ManifestPath = readonly PathSegment[]

const MOST_BYTES = 5 * 1024 * 1024
const DEEPEST = 100

/**
 * One file's text with the documents in it, as the API server's own YAML reader takes it: 1.1 scalars (`0644` is 420, `yes` is true) without times, dates and binaries,
 * keys always strings. Knows where everything stands.
 */
export class ManifestText {
  readonly file: string
  readonly documents: readonly Document[]
  /** What keeps the text from being read at all; when there are any, the documents are not to be used. */
  readonly problems: readonly Problem[]
  readonly #text: string
  readonly #lines = new LineCounter()

  constructor({ file, text }: ManifestFile) {
    this.file = file
    this.#text = text
    const bytes = Buffer.byteLength(text)
    this.documents = bytes > MOST_BYTES ? [] : this.#parse()
    this.problems =
      bytes > MOST_BYTES
        ? [{ message: `${file}: the file is too large, expected at most 5 MB, got ${(bytes / 1024 / 1024).toFixed(1)} MB` }]
        : this.#malformed()
  }

  /** Says what is wrong at an offset, with the line and a caret under the place. */
  problem(offset: number, text: string, hint?: string): Problem {
    const position = this.position(offset)
    const { line, column } = position
    const source = (this.#text.split('\n', line)[line - 1] ?? '').replace(/\r$/, '')
    const message = `${this.file}:${line}:${column}: ${text}\n\n${codeFrame(source, line, column ?? 1)}`
    return { message, position, ...(hint === undefined ? {} : { hint }) }
  }

  position(offset: number): SourcePosition {
    const { line, col } = this.#lines.linePos(offset)
    // The counter answers line 0 for an empty text.
    return { file: this.file, line: Math.max(1, line), column: Math.max(1, col) }
  }

  #parse(): readonly Document[] {
    const options = {
      lineCounter: this.#lines,
      prettyErrors: false,
      stringKeys: true,
      merge: true,
      schema: 'yaml-1.1',
      resolveKnownTags: false,
      logLevel: 'silent',
      customTags: kubernetesTags,
    } as const
    const documents = parseAllDocuments(this.#text, options)
    return Array.isArray(documents) ? documents : []
  }

  #malformed(): readonly Problem[] {
    const faults = this.documents.flatMap((document) => [...document.errors, ...document.warnings])
    const leftover = faults.length === 0 ? undefined : TEMPLATE.exec(this.#text)
    if (leftover !== null && leftover !== undefined) return [this.problem(leftover.index + leftover[0].indexOf('{{'), TEMPLATE_SENTENCE, TEMPLATE_HINT)]
    const found = faults.map(({ pos, message }) => this.problem(pos[0], message.replaceAll(/\s*\n\s*/g, ' ')))
    return found.length > 0 ? found : this.documents.flatMap((document) => this.#tooDeep(document))
  }

  #tooDeep(document: Document): Problem[] {
    const found: Problem[] = []
    visit(document, {
      Collection: (_key, node, path) => {
        if (path.filter((each) => isCollection(each)).length < DEEPEST) return undefined
        found.push(this.problem(node.range?.[0] ?? 0, `nested too deeply, expected at most ${DEEPEST} levels`))
        return visit.BREAK
      },
    })
    return found
  }
}

/** What is said of a template that nobody rendered, and what to do about it. */
export const TEMPLATE_SENTENCE = 'a template expression, expected a plain manifest, got {{'
/** What to do about a template that nobody rendered. */
export const TEMPLATE_HINT = 'Render the templates first, or give the folder as the `chart` input.'

/** An expression where YAML expects a value, a key or an item; those inside block texts (alert rules, scripts) are data and stand behind other words. */
const TEMPLATE = /^(?:[^\n"'#|>]*:\s+|\s*-\s+|\s*)\{\{/m

/** Finds an alias that stands before its anchor, or for none. */
export function findLooseAlias(document: Document): { readonly offset: number; readonly name: string } | undefined {
  let found: { offset: number; name: string } | undefined
  const anchors = new Set<string>()
  visit(document, {
    Node: (_key, node) => {
      if ('anchor' in node && node.anchor !== undefined) anchors.add(node.anchor)
    },
    Alias: (_key, node) => {
      if (anchors.has(node.source)) return undefined
      found = { offset: node.range?.[0] ?? 0, name: node.source }
      return visit.BREAK
    },
  })
  return found
}

/** Finds the offset of a field: of its key where it stands, of its nearest ancestor where it does not. */
export function offsetOf(document: Document, path: ManifestPath): number {
  let place: Place = { node: document.contents, offset: startOf(document.contents) ?? 0 }
  for (const segment of path) {
    const next = step(isAlias(place.node) ? place.node.resolve(document) : place.node, segment)
    if (next === undefined) break
    place = next
  }
  return place.offset
}

interface Place {
  readonly node: unknown
  readonly offset: number
}

function step(node: unknown, segment: PathSegment): Place | undefined {
  const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && key.value === String(segment)) : undefined
  const item: unknown = isSeq(node) ? node.items[Number(segment)] : undefined
  const offset = startOf(pair === undefined ? item : pair.key)
  return offset === undefined ? undefined : { node: pair === undefined ? item : pair.value, offset }
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined
}

const OCTAL_WITH_O: ScalarTag = {
  default: true,
  tag: 'tag:yaml.org,2002:int',
  test: /^[-+]?0o[0-7_]+$/,
  resolve: (text) => Number.parseInt(text.replace(/0o|_/g, ''), 8),
}

function kubernetesTags(tags: Tags): Tags {
  const kept = tags.filter(
    (tag) => typeof tag === 'string' || (!/:(?:timestamp|binary|omap|pairs|set)$/.test(tag.tag) && !('format' in tag && tag.format === 'TIME')),
  )
  return [...kept, OCTAL_WITH_O]
}

function codeFrame(source: string, line: number, column: number): string {
  const start = Math.max(0, Math.min(column - 40, source.length - 100))
  const shown = source.slice(start, start + 100).replaceAll('\t', ' ')
  const gutter = `  ${line} | `
  return `${gutter}${shown}\n${' '.repeat(gutter.length - 2)}| ${' '.repeat(column - 1 - start)}^`
}
