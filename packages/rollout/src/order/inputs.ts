import { Fault, type SourceCommit } from '@fairlead/base'

/** The inputs that say which release may replace which. */
export const orderInputs = {
  source: {
    type: 'text',
    description:
      'The commit this release was built from, `owner/name@<full SHA>`, where that is not the commit of the workflow run. What is older than the newest commit ever released is not released.',
    parse: parseSource,
  },
  'on-diverged': {
    type: 'choice',
    options: ['refuse', 'deploy'],
    default: 'refuse',
    description:
      'What to do about a commit that is neither older nor newer than the newest one released, as after a force-push or on another branch: refuse it, or deploy it.',
  },
  replace: {
    type: 'flag',
    default: 'false',
    description: 'Releases this commit even if it is older than what was released, has diverged, or cannot be compared. Never a release that is pinned.',
  },
  unpin: {
    type: 'flag',
    default: 'false',
    description:
      'Lifts the pin that a rollback left, once this release is accepted. Without it, the release that was rolled back from, and its images, are held.',
  },
  'github-token': {
    type: 'text',
    default: '${{ github.token }}',
    description:
      'The token that GitHub is asked with how commits follow one another (`contents: read`) and whether the run that holds the lock is over (`actions: read`).',
    parse: parseToken,
  },
} as const

const SOURCE = /^([\w.-]+\/[\w.-]+)@([0-9a-f]{40}|[0-9a-f]{64})$/i

function parseSource(text: string): SourceCommit {
  const [, repository, commit] = SOURCE.exec(text) ?? []
  if (repository !== undefined && commit !== undefined) return { repository, commit: commit.toLowerCase() }
  throw new Fault('INPUT_INVALID', `expected owner/name@ and a full SHA, got ${JSON.stringify(text)}`, {
    hint: 'Write `source: ${{ github.repository }}@${{ github.sha }}`.',
  })
}

/** Where no runner has put the token in place of the default, as at a terminal, there is none. */
function parseToken(text: string): string {
  return text.startsWith('${{') ? '' : text
}
