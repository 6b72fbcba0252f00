import type { Host } from '@fairlead/base'
import { openGitHub, type OpenGitHub } from '@fairlead/github/client'

/** Prepares to ask GitHub with the token of the flag, or that of the surroundings. Without one it is not asked. */
export function openGitHubFor(inputs: Readonly<Record<string, unknown>>, host: Host): OpenGitHub {
  const given = inputs['github-token']
  const { GITHUB_TOKEN: job = '', GH_TOKEN: person = '' } = host.environment
  return openGitHub({ token: typeof given === 'string' ? given : job === '' ? person : job, host })
}
