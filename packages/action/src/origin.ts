import { describePerson, describeRun, type Origin, type WorkflowRun } from '@fairlead/base'

/** What tells two processes apart that have the same environment. */
export interface ProcessMark {
  /** Letters and digits nobody else has. */
  readonly mark: string
  readonly machine: string
}

/** Reads who runs this process: a workflow run as the runner describes it, otherwise a person at a terminal. */
export function originOf(environment: Readonly<Record<string, string | undefined>>, { mark, machine }: ProcessMark): Origin {
  const run = workflowRunIn(environment)
  if (run === undefined) return personIn(environment, { mark, machine })
  const { GITHUB_SERVER_URL: server = 'https://github.com', GITHUB_SHA: commit = '', GITHUB_ACTOR: actor = 'somebody' } = environment
  const { repository, run: id, attempt } = run
  return {
    holder: describeRun(run, mark),
    actor,
    url: `${server}/${repository}/actions/runs/${id}/attempts/${attempt}`,
    ...(/^[0-9a-f]{40,64}$/.test(commit) ? { source: { repository, commit } } : {}),
  }
}

function workflowRunIn(environment: Readonly<Record<string, string | undefined>>): WorkflowRun | undefined {
  const { GITHUB_REPOSITORY: repository = '', GITHUB_RUN_ID: id = '', GITHUB_RUN_ATTEMPT: attempt = '1', GITHUB_JOB: job = 'job' } = environment
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository) || !/^\d+$/.test(id)) return undefined
  return { repository, run: Number(id), attempt: Number(attempt), job: job.replaceAll(/\s+/g, '-') }
}

function personIn(environment: Readonly<Record<string, string | undefined>>, { mark, machine }: ProcessMark): Origin {
  const user = environment['USER'] ?? environment['LOGNAME'] ?? environment['USERNAME'] ?? 'somebody'
  return { holder: describePerson({ user, machine }, mark), actor: `${user}@${machine}` }
}
