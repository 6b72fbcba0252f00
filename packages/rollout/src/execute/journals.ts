import { isFault, type Clock } from '@fairlead/base'
import { sameJson, type Cluster } from '@fairlead/kube'
import { deleteJournal, EMPTY_JOURNAL, readJournal, writeJournal, type Doing, type Journal, type KeptJournal } from '../journal/index.ts'

/** Who writes, and under which token. */
export interface Writer {
  readonly cluster: Cluster
  readonly namespace: string
  readonly clock: Pick<Clock, 'date'>
  /** The holder of the lock. */
  readonly holder: string
  /** The fencing token of an app's lock. */
  token(app: string): number
}

/**
 * The journals of the apps of one run. Every write is guarded by the version that was read, so a run that was overtaken cannot go on; and says which step the run is at, so that
 * whoever comes after one that was killed knows what may have been done.
 */
export class Journals {
  readonly #writer: Writer
  readonly #kept: Map<string, KeptJournal>
  readonly #queue = new Map<string, Promise<void>>()
  #step = ''
  #moves = 0

  constructor(writer: Writer, kept: ReadonlyMap<string, KeptJournal>) {
    this.#writer = writer
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

  /** Names the step that is about to begin: every write from here on says so. */
  at(step: string): void {
    this.#step = step
  }

  /** Writes down, before anything is done, that the step is begun. An app without a journal has nothing on its way. */
  async intend(apps: readonly string[]): Promise<void> {
    for (const app of new Set(apps)) if (this.#find(app).resourceVersion !== undefined) await this.write(app, (journal) => journal)
  }

  /** Writes down that the step was given up before it was heard whether its write took. */
  async giveUp(apps: readonly string[]): Promise<void> {
    for (const app of new Set(apps)) {
      if (this.#find(app).resourceVersion !== undefined) await this.#put(app, (journal) => ({ ...journal, doing: this.#doing('unknown') }))
    }
  }

  /** Writes what a change makes of the journal, with the step this run is at. */
  async write(app: string, change: (journal: Journal) => Journal): Promise<void> {
    await this.#put(app, (journal) => ({ ...change(journal), doing: this.#doing('begun') }))
  }

  /** Writes what a change makes of the journal, and that nothing is under way any more. */
  async settle(app: string, change: (journal: Journal) => Journal): Promise<void> {
    await this.#put(app, (journal) => {
      const { doing: _doing, ...settled } = change(journal)
      return settled
    })
  }

  /** Takes back what this run has written about a step that it has ended meanwhile. */
  async rest(): Promise<void> {
    for (const [app, { journal }] of this.#kept) if (journal.doing?.by === this.#writer.holder) await this.settle(app, (kept) => kept)
  }

  /** Deletes the journal of an app that was never released. */
  async remove(app: string): Promise<void> {
    await deleteJournal(this.#writer.cluster, this.#place(app), this.#find(app))
    this.#kept.set(app, { journal: EMPTY_JOURNAL, resourceVersion: undefined })
  }

  /** The fencing token of an app's lock. */
  tokenOf(app: string): number {
    return this.#writer.token(app)
  }

  /** A move label that no move of this app has had: the token of the lock, and a number. */
  nextMove(app: string): string {
    this.#moves += 1
    return `${this.#writer.token(app)}-${this.#moves}`
  }

  /** One after the other: two writes at once, as of a soak that is noted while it ends, would be built on the same version. */
  #put(app: string, change: (journal: Journal) => Journal): Promise<void> {
    const next = (this.#queue.get(app) ?? Promise.resolve()).then(() => this.#putNow(app, change))
    this.#queue.set(
      app,
      next.catch(() => undefined),
    )
    return next
  }

  async #putNow(app: string, change: (journal: Journal) => Journal): Promise<void> {
    const { journal, resourceVersion } = this.#find(app)
    const { rollout, ...changed } = change(journal)
    const { holder } = this.#writer
    const signed = { ...changed, token: this.#writer.token(app), ...(rollout === undefined ? {} : { rollout: { ...rollout, by: holder } }) }
    this.#kept.set(app, await this.#written(app, { journal, resourceVersion }, signed))
  }

  /** A label that somebody else has put on the ConfigMap changes its version, and nothing of the journal. */
  async #written(app: string, { journal, resourceVersion }: KeptJournal, signed: Journal): Promise<KeptJournal> {
    const { cluster } = this.#writer
    try {
      return await writeJournal(cluster, this.#place(app), { journal: signed, resourceVersion })
    } catch (error) {
      if (!isFault(error, 'CONFLICT') || resourceVersion === undefined) throw error
      const live = await readJournal(cluster, this.#place(app))
      if (live.resourceVersion === resourceVersion || !sameJson(live.journal, journal)) throw error
      return await writeJournal(cluster, this.#place(app), { journal: signed, resourceVersion: live.resourceVersion })
    }
  }

  #doing(state: Doing['state']): Doing {
    return { step: this.#step, state, at: this.#writer.clock.date().toISOString(), by: this.#writer.holder }
  }

  #place(app: string): { readonly namespace: string; readonly app: string } {
    return { namespace: this.#writer.namespace, app }
  }

  #find(app: string): KeptJournal {
    const kept = this.#kept.get(app)
    if (kept === undefined) throw new TypeError(`the journal of ${app} was not read`)
    return kept
  }
}
