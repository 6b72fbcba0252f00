import { Fault } from '@fairlead/base'
import { describeSelection } from '../client/call.ts'
import { withoutManagedFields } from '../client/lists.ts'
import type { Selection, WatchEvent } from '../cluster.ts'
import type { KubeObject } from '../object.ts'
import { WatchExpired } from '../watch-expired.ts'
import { EventQueue } from './event-queue.ts'
import type { Change, Store } from './store.ts'

/** The open watches of a fake cluster. */
export class FakeWatches {
  readonly #store: Store
  readonly #open = new Set<EventQueue<WatchEvent>>()

  constructor(store: Store) {
    this.#store = store
  }

  get count(): number {
    return this.#open.size
  }

  async *watch(
    selection: Selection,
    matches: (object: KubeObject) => boolean,
    { resourceVersion, signal }: { resourceVersion: string; signal: AbortSignal | undefined },
  ): AsyncGenerator<WatchEvent> {
    const past = this.#store.since(Number(resourceVersion))
    if (past === undefined) throw new WatchExpired(describeSelection(selection))
    const queue = new EventQueue<WatchEvent>()
    const hand = (change: Change) => {
      const event = eventOf(change, matches)
      if (event !== undefined)
        queue.push(event.type === 'BOOKMARK' || selection.managedFields === true ? event : { ...event, object: withoutManagedFields(event.object) })
    }
    const abort = () => queue.end(signal?.reason)
    signal?.addEventListener('abort', abort, { once: true })
    if (signal?.aborted === true) abort()
    for (const change of past) hand(change)
    const silence = this.#store.listen(hand)
    this.#open.add(queue)
    try {
      yield* queue.read()
    } finally {
      this.#open.delete(queue)
      silence()
      signal?.removeEventListener('abort', abort)
    }
  }

  bookmark(): void {
    for (const queue of this.#open) queue.push({ type: 'BOOKMARK', resourceVersion: String(this.#store.revision) })
  }

  /** Ends all watches as a server does when their time is over. */
  close(): void {
    for (const queue of this.#open) queue.end()
  }

  /** Ends all watches as a lost connection does. */
  break(): void {
    for (const queue of this.#open) queue.end(new Fault('UNAVAILABLE', 'watch: the connection broke, expected it to hold'))
  }

  /** Ends all watches with the 410 event of a cluster that has forgotten. */
  expire(): void {
    for (const queue of this.#open) queue.end(new WatchExpired('watch'))
  }
}

/** An object that leaves the selection is deleted as far as a watch is concerned, and one that enters it is new. */
function eventOf({ type, object, previous }: Change, matches: (object: KubeObject) => boolean): WatchEvent | undefined {
  const [was, is] = [previous !== undefined && matches(previous), type !== 'DELETED' && matches(object)]
  if (is) return { type: was ? 'MODIFIED' : 'ADDED', object }
  return was
    ? {
        type: 'DELETED',
        object: { ...(previous ?? object), metadata: { ...(previous ?? object).metadata, resourceVersion: object.metadata.resourceVersion ?? '' } },
      }
    : undefined
}
