/** A commit of a repository on a Git host. */
export interface SourceCommit {
  /** `owner/name`. */
  readonly repository: string
  /** The full SHA. */
  readonly commit: string
}

/** Who runs an operation, and for what: what a lock, a journal and a record say about a run. */
export interface Origin {
  /** Names this process among all others, as `describeRun` and `describePerson` write it. */
  readonly holder: string
  /** The person behind it: a user of the Git host, or the one at the terminal. */
  readonly actor: string
  /** Where to look at the run. */
  readonly url?: string
  /** The commit it was started from, as far as that is known. */
  readonly source?: SourceCommit
}

/** One job of one attempt of a workflow run. */
export interface WorkflowRun {
  readonly repository: string
  readonly run: number
  readonly attempt: number
  readonly job: string
}

/** Names a step of a workflow run as the holder of a lock: `acme/shop run 4711 attempt 1 job deploy #3f9a`. The mark tells two steps of one job apart. */
export function describeRun({ repository, run, attempt, job }: WorkflowRun, mark: string): string {
  return `${repository} run ${run} attempt ${attempt} job ${job} #${mark}`
}

/** Names a process on somebody's machine as the holder of a lock: `ann@laptop #3f9a`. */
export function describePerson({ user, machine }: { readonly user: string; readonly machine: string }, mark: string): string {
  return `${user}@${machine} #${mark}`
}

/** Reads the workflow run out of a holder's name; undefined for a person, and for whatever others have written. */
export function runIn(holder: string): WorkflowRun | undefined {
  const parts = /^([\w.-]+\/[\w.-]+) run (\d+) attempt (\d+) job (\S+) #\w+$/.exec(holder)
  if (parts === null) return undefined
  const [, repository = '', run = '', attempt = '', job = ''] = parts
  return { repository, run: Number(run), attempt: Number(attempt), job }
}
