import { isDeepStrictEqual } from 'node:util'
import { isFault, toFault } from '@fairlead/base'
import { judgeOrder } from './judge-order.ts'
import type { Compared, OrderQuestion, OrderRequest, OrderVerdict, SourceHistory } from './order.ts'
import { orderQuestions } from './order-questions.ts'

export interface AskOptions {
  readonly signal?: AbortSignal | undefined
}

/**
 * Judges whether a release may go, having asked what that needs. To be asked once, under the lock: before it, the journal may be of yesterday. A rollback never asks.
 * What cannot be compared is part of the verdict; throws what the signal was aborted with, and mistakes of ours.
 */
export async function askOrder(request: OrderRequest, history: SourceHistory, options: AskOptions = {}): Promise<OrderVerdict> {
  const { mark, pin } = orderQuestions(request)
  const ofMark = mark === undefined ? undefined : await ask(history, mark, options)
  const ofPin = pin === undefined ? undefined : isDeepStrictEqual(pin, mark) ? ofMark : await ask(history, pin, options)
  return judgeOrder(request, { ...(ofMark === undefined ? {} : { mark: ofMark }), ...(ofPin === undefined ? {} : { pin: ofPin }) })
}

async function ask(history: SourceHistory, question: OrderQuestion, { signal }: AskOptions): Promise<Compared> {
  try {
    return { type: 'known', relation: await history.compare(question, { signal }) }
  } catch (error) {
    if (signal?.aborted === true || !isFault(error) || isFault(error, 'BUG') || isFault(error, 'CANCELLED')) throw error
    const { code, message, hint = 'Run this again.' } = toFault(error)
    return { type: 'unknown', code, text: message, hint }
  }
}
