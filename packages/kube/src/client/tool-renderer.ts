import { Fault, type Host } from '@fairlead/base'
import type { Renderer } from '../renderer.ts'
import type { ProgramEnd } from './program.ts'
import { renderingOf, type Attempt, type Rendering } from './rendering.ts'
import { openSourceFolder } from './source-folder.ts'

/** Opens the renderer that runs the user's own kubectl (or kustomize) and helm, found on PATH. Starts nothing before something is rendered. */
export function openRenderer(host: Host): Renderer {
  return {
    async render(request, { signal } = {}) {
      signal?.throwIfAborted()
      const source = await openSourceFolder(host.workspace)
      return renderWith(await renderingOf(request, source), { host, folder: source.root, signal })
    },
  }
}

interface Place {
  readonly host: Host
  readonly folder: string
  readonly signal: AbortSignal | undefined
}

/** A remote base or a chart of a registry takes its time. */
const TIMEOUT = 120_000
const MOST_BYTES = 16 * 1024 * 1024
const MOST_LINES = 20

async function renderWith(rendering: Rendering, { host, folder, signal }: Place): Promise<string> {
  // Loaded by those who use it: most runs start no program.
  const { runProgram } = await import('./program.ts')
  let cause: Error | undefined
  for (const attempt of rendering.attempts) {
    const end = await runProgram({ ...attempt, folder, timeout: TIMEOUT, limit: MOST_BYTES }, host, { signal })
    if (end.type === 'done') return end.output
    if (end.type !== 'unstartable' || end.got !== 'ENOENT') throw failure(rendering, attempt, end)
    cause ??= end.cause
  }
  const tools = rendering.attempts.map(({ command }) => command).join(' or ')
  throw new Fault('ENVIRONMENT_MISSING', `${rendering.target}: nothing here can render it, expected ${tools} on PATH, got none`, {
    hint: rendering.installHint,
    cause,
  })
}

function failure({ target, installHint }: Rendering, { command, arguments: [verb = ''] }: Attempt, end: Exclude<ProgramEnd, { readonly type: 'done' }>): Fault {
  const tool = `${command} ${verb}`
  switch (end.type) {
    case 'unstartable':
      return new Fault('ENVIRONMENT_MISSING', `${target}: ${command} cannot be started, expected a program, got ${end.got}`, {
        hint: installHint,
        cause: end.cause,
      })
    case 'failed':
      return new Fault('INPUT_INVALID', `${target}: ${tool} refused it, expected manifests, got ${withWords(end)}`, {
        hint: `Run ${tool} by hand in the same folder to see all of it.`,
      })
    case 'broken':
      return new Fault('UNAVAILABLE', `${target}: ${tool} gave no manifests, expected some, got ${withWords(end)}`, {
        hint: 'Check that what it fetches from elsewhere can be reached.',
      })
  }
}

function withWords({ got, words }: { readonly got: string; readonly words: string }): string {
  return words === '' ? got : `${got}: ${words.split('\n').slice(-MOST_LINES).join('\n')}`
}
