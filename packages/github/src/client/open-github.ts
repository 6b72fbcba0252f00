import { deadlineIn, Fault, isFault, runIn, type Host } from '@fairlead/base'
import type { Comparison, GitHub, Relation } from '../github.ts'
import { CHECK_ADDRESS } from './api-address.ts'
import { Api, type ApiOptions, type Patience } from './api.ts'
import { explain, type Matter } from './explain.ts'
import { hasNoCommonAncestor, Refusal } from './refusal.ts'

export interface GitHubOptions extends Pick<ApiOptions, 'token' | 'attemptTimeout' | 'random'> {
  readonly host: Host
  /** Milliseconds for one question, with all its requests. 10 s unless told. */
  readonly deadline?: number
}

export interface OpenGitHub extends GitHub {
  close(): void
}

/**
 * Prepares to ask GitHub, or the server that `GITHUB_API_URL` names, with a token that is masked from here on. Contacts nothing yet, and loads the library with the first question.
 *
 * Without a token (an empty one) nothing is asked: `isOver` answers undefined, `compare` throws ACCESS_DENIED. What may pass by itself is asked three times.
 */
export function openGitHub({ host, deadline = 10_000, ...options }: GitHubOptions): OpenGitHub {
  if (options.token !== '') host.mask(options.token)
  const api = new Api({ ...options, environment: host.environment, clock: host.clock })
  const patience = (signal: AbortSignal | undefined): Patience => ({ deadline: deadlineIn(host.clock, deadline), signal })
  return {
    async isOver(holder, { signal } = {}) {
      try {
        return await isOver(api, holder, patience(signal))
      } catch (error) {
        if (signal?.aborted === true || !isBlindness(error)) throw error
        return undefined
      }
    },
    async compare(question, { signal } = {}) {
      const matter = matterOf(question)
      try {
        return await compare(api, question, patience(signal))
      } catch (error) {
        if (signal?.aborted === true) throw error
        throw explain(error, matter)
      }
    },
    close: () => api.close(),
  }
}

async function isOver(api: Api, holder: string, patience: Patience): Promise<boolean | undefined> {
  const run = runIn(holder)
  if (run === undefined) return undefined
  const place = { ...placeOf(run.repository), run_id: run.run, attempt_number: run.attempt }
  const { status } = await api.ask(
    (octokit, request) => octokit.request('GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}', { ...place, request }),
    patience,
  )
  return typeof status === 'string' && status !== '' ? status === 'completed' : undefined
}

/** One commit a page, since the commits do not matter; the files that come with it cannot be left out. */
async function compare(api: Api, { repository, base, head }: Comparison, patience: Patience): Promise<Relation> {
  const place = { ...placeOf(repository), basehead: `${sha(base)}...${sha(head)}`, per_page: 1 }
  try {
    const { status } = await api.ask((octokit, request) => octokit.request('GET /repos/{owner}/{repo}/compare/{basehead}', { ...place, request }), patience)
    return relationOf(status)
  } catch (error) {
    if (error instanceof Refusal && hasNoCommonAncestor(error)) return 'diverged'
    throw error
  }
}

const RELATIONS: readonly Relation[] = ['identical', 'ahead', 'behind', 'diverged']

function relationOf(status: unknown): Relation {
  const relation = RELATIONS.find((each) => each === status)
  if (relation !== undefined) return relation
  throw new Fault('UNSUPPORTED', `it answers something else than a comparison, expected a status of ${RELATIONS.join(', ')}, got none of them`, {
    hint: CHECK_ADDRESS,
  })
}

/** A name of dots only would lead to another place of the API. */
function placeOf(repository: string): { readonly owner: string; readonly repo: string } {
  const [, owner = '', repo = ''] = /^([\w.-]+)\/([\w.-]+)$/.exec(repository) ?? []
  if (![owner, repo].some((part) => part === '' || part === '.' || part === '..')) return { owner, repo }
  throw new Fault('INPUT_INVALID', `the repository is wrong, expected owner/name, got ${JSON.stringify(repository)}`)
}

function sha(commit: string): string {
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit)) return commit
  throw new Fault('INPUT_INVALID', `the commit is wrong, expected a full SHA, got ${JSON.stringify(commit)}`)
}

function matterOf({ repository, base, head }: Comparison): Matter {
  return {
    subject: `Repository "${repository}": commits ${base.slice(0, 7)} and ${head.slice(0, 7)} cannot be compared`,
    permission: 'contents: read',
    repository,
  }
}

/** Tells what only means that we cannot see. Everything else is a mistake of ours. */
function isBlindness(error: unknown): boolean {
  return error instanceof Refusal || (isFault(error) && error.code !== 'BUG' && error.code !== 'CANCELLED')
}
