import type { Container, Version } from './versions.ts'

/** How a chapter must end. */
export type Ending = 'released' | 'refused' | 'rolled back'

/** One run of an action in the story. */
export interface Chapter {
  /** What the reader calls it. */
  readonly name: string
  /** What happens, in the present tense. */
  readonly title: string
  readonly action: 'deploy-bluegreen' | 'rollback'
  readonly inputs: Readonly<Record<string, string>>
  /** What its answers say in `X-Version`; for the way back, the version it leads to. */
  readonly version: string
  /** The version that serves when it begins; absent before the first. */
  readonly before?: string
  readonly ending: Ending
  /** The cause that must be named; only where it is refused. */
  readonly cause?: string
  /** The change to the manifest; absent where none is released. */
  readonly change?: Version['spoil']
}

/** What the demo passes instead of the defaults, so that it ends within two minutes. */
export const QUICK = { soak: '3s', drain: '5s' } as const

/** Five releases of the sample application, and the way back. Every version says its own name, so that each answer tells who gave it. */
export const STORY: readonly Chapter[] = [
  release({ version: '1', title: 'the first release, before anybody asks', ending: 'released' }),
  release({ version: '2', before: '1', title: 'a new version, while users ask', ending: 'released' }),
  release({ version: '3', before: '2', title: 'it crashes when it starts', ending: 'refused', cause: 'crash', env: { CRASH_AFTER: '100ms' } }),
  release({
    version: '4',
    before: '2',
    title: 'it says it is ready, and answers with errors',
    ending: 'refused',
    cause: 'check',
    env: { LIE: 'true' },
    inputs: { checks: '- path: /\n' },
  }),
  release({ version: '5', before: '2', title: 'it works, and version 2 stays warm beside it', ending: 'released', inputs: { standby: 'warm' } }),
  {
    name: 'rollback',
    title: 'users prefer version 2: back in one write',
    action: 'rollback',
    inputs: { drain: QUICK.drain },
    version: '2',
    before: '5',
    ending: 'rolled back',
  },
]

type Telling = Pick<Chapter, 'version' | 'title' | 'ending' | 'before' | 'cause'> & {
  readonly env?: Readonly<Record<string, string>>
  readonly inputs?: Chapter['inputs']
}

function release({ env = {}, inputs = {}, ...chapter }: Telling): Chapter {
  return {
    ...chapter,
    name: `version ${chapter.version}`,
    action: 'deploy-bluegreen',
    inputs: { ...QUICK, manifests: 'shop.yaml', ...inputs },
    change: (container) => become(container, chapter.version, env),
  }
}

/** The images at hand are three; later versions are told apart by what they say. */
const IMAGES = 3

function become(container: Container, version: string, env: Readonly<Record<string, string>>): void {
  const isOurs = container.image.startsWith('127.0.0.1:5000/')
  if (isOurs) container.image = container.image.replace(/:[^:]*$/, `:${Math.min(Number(version), IMAGES)}`)
  container.env.push(...Object.entries({ VERSION: version, ...env }).map(([name, value]) => ({ name, value })))
}
