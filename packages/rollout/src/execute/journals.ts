import type { Cluster } from '@fairlead/kube'
import { deleteJournal, EMPTY_JOURNAL, writeJournal, type Journal, type KeptJournal } from '../journal/index.ts'

/** The journals of the apps of one run. Every write is guarded by the version that was read, so a run that was overtaken cannot go on. */
export class Journals {
  readonly #cluster: Cluster
  readonly #namespace: string
  readonly #kept: Map<string, KeptJournal>
  readonly #tokens = new Map<string, number>()
  #moves = 0

  constructor(cluster: Cluster, namespace: string, kept: ReadonlyMap<string, KeptJournal>) {
    this.#cluster = cluster
    this.#namespace = namespace
    this.#kept = new Map(kept)
  }

  /** The journal of an app as this run knows it. */
  of(app: string): Journal {
    return this.#find(app).journal
  }

  /** All journals as this run left them; an app that has none is not among them. */
  all(): ReadonlyMap<string, Journal> {
    const kept = [...this.#kept].filter(([, { resourceVersion }]) => resourceVersion !== undefined)
    return new Map(kept.map(([app, { journal }]) => [app, journal]))
  }

  /** Tells whether nobody else has written the journal of an app since this run last read or wrote it. */
  isUndisturbed(app: string, { resourceVersion }: KeptJournal): boolean {
    return this.#find(app).resourceVersion === resourceVersion
  }

  /** Writes what a change makes of the journal. The first write of a run takes a token nobody had before. */
  async write(app: string, change: (journal: Journal) => Journal): Promise<void> {
    const kept = this.#find(app)
    const token = this.#tokens.get(app) ?? kept.journal.token + 1
    const journal = { ...change(kept.journal), token }
    this.#kept.set(app, await writeJournal(this.#cluster, this.#place(app), { journal, resourceVersion: kept.resourceVersion }))
    this.#tokens.set(app, token)
  }

  /** Deletes the journal of an app that was never released. */
  async remove(app: string): Promise<void> {
    await deleteJournal(this.#cluster, this.#place(app), this.#find(app))
    this.#kept.set(app, { journal: EMPTY_JOURNAL, resourceVersion: undefined })
    this.#tokens.delete(app)
  }

  /** A move label that no move of this app has had. */
  async nextMove(app: string): Promise<string> {
    if (!this.#tokens.has(app)) await this.write(app, (journal) => journal)
    this.#moves += 1
    return `${this.#tokens.get(app)}-${this.#moves}`
  }

  #place(app: string): { readonly namespace: string; readonly app: string } {
    return { namespace: this.#namespace, app }
  }

  #find(app: string): KeptJournal {
    const kept = this.#kept.get(app)
    if (kept === undefined) throw new TypeError(`the journal of ${app} was not read`)
    return kept
  }
}
