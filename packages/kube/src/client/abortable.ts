/** Waits for a promise until the signal is aborted, whose reason is thrown. What it stands for goes on: whoever else waits for it still gets it. */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  const aborted = Promise.withResolvers<never>()
  const abort = () => aborted.reject(signal.reason)
  // Whichever loses the race must not become an unhandled rejection.
  promise.catch(() => undefined)
  if (signal.aborted) throw signal.reason
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([promise, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
