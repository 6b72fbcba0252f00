/** How a commit stands to a base: `ahead` has all of the base in its history and more, `behind` is in the history of the base, `diverged` is neither. */
export type Relation = 'identical' | 'ahead' | 'behind' | 'diverged'

/** Which two commits of a repository are compared. */
export interface Comparison {
  /** `owner/name`. */
  readonly repository: string
  /** Full SHAs. */
  readonly base: string
  readonly head: string
}

export interface AskOptions {
  readonly signal?: AbortSignal | undefined
}

/** What Fairlead asks GitHub. Only reads; each question ends within seconds. */
export interface GitHub {
  /**
   * Tells whether the attempt of the workflow run that a holder names is over. Undefined when that cannot be told: the holder is no run, there is no token,
   * it lacks `actions: read`, or GitHub cannot be reached. Never throws but what the signal was aborted with.
   *
   * Only the attempt as a whole counts: its jobs are listed by the names people gave them, which need not hold the id that a holder has. So of a holder whose
   * job has ended while others of the same attempt go on, the answer is false. The run is looked for on the host of this job.
   */
  isOver(holder: string, options?: AskOptions): Promise<boolean | undefined>

  /**
   * Tells how `head` stands to `base`, from the history GitHub has, which a shallow clone has not. Histories with nothing in common have diverged.
   * Throws ACCESS_DENIED with what to add to `permissions:`, NOT_FOUND where a commit is unknown or hidden from the token, UNAVAILABLE, or what the signal was aborted with.
   */
  compare(question: Comparison, options?: AskOptions): Promise<Relation>
}
