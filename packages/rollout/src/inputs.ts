import { Fault, milliseconds, parseDuration, type Duration, type Problem } from '@fairlead/base'
import { parseChecks } from '@fairlead/health/checks'
import { slotName } from './release/index.ts'
import { STOPS } from './plan/options.ts'
import type { Standby } from './plan/step.ts'
import type { AppPlace } from './standing/index.ts'

/** A line that names an app, or says something about one. */
interface NamedLine {
  readonly app?: string
  readonly value: string
}

/** The inputs that every action shares which moves traffic, as data: this package does not know what an action is. */
export const appInputs = {
  app: {
    type: 'lines',
    description: 'The Deployment to work on, by the name its manifest has: `web`. Several, one per line, are released together and moved in this order.',
    parse: parseApp,
  },
  service: {
    type: 'lines',
    description: 'The Service that leads users to the app. Absent, the one of its name. With several apps, lines of `app=service`.',
    parse: parseNamed,
  },
} as const

/** The inputs that say how a release goes. */
export const rolloutInputs = {
  checks: {
    type: 'yaml',
    description:
      'Questions asked over HTTP: a list of `{path, port?, scheme: http, method: GET, status: 200, body?: text or /regex/, timeout: 2s, count: 3, on: pods | service | url, headers?}`. Those on Pods are asked of every new Pod before any user reaches it, the others while it soaks.',
    parse: parseChecks,
  },
  url: { type: 'text', description: 'The base of checks with `on: url`, asked from the runner.', parse: parseUrl },
  timeout: { type: 'duration', default: '10m', description: 'How long new Pods may take to become healthy.' },
  stability: {
    type: 'duration',
    default: '5s',
    description: 'How long new Pods without `minReadySeconds` must go without a restart or a readiness flap before they count as healthy.',
  },
  settle: { type: 'duration', default: '3s', description: 'How long nodes and proxies have to follow after a move was proven, before anything is judged.' },
  soak: { type: 'duration', default: '30s', description: 'How long the release is watched under its users before it is accepted.' },
  drain: { type: 'duration', default: '30s', description: 'How long old Pods stay for clients that keep their connections, before they are taken away.' },
  standby: {
    type: 'text',
    default: 'cold',
    description:
      'What becomes of the release before: `cold` scales it to zero, `warm` keeps its Pods until the next release, a duration such as `1h` for that long.',
    parse: parseStandby,
  },
  'stop-after': {
    type: 'choice',
    options: STOPS,
    default: 'complete',
    description: '`verified` parks the release before any traffic moves, `switched` before the old one is retired; the same step with a later value continues.',
  },
  'on-parked': {
    type: 'choice',
    options: ['abort', 'refuse'],
    default: 'abort',
    description: 'What to do about another release that is parked or was left on its way: take it back first, or refuse.',
  },
  'rollback-timeout': { type: 'duration', default: '5m', description: 'The time the way back has for itself, whatever `timeout` has used up.' },
  'lock-timeout': {
    type: 'duration',
    default: '15m',
    description: 'How long to wait while another run works on the app. A run that was killed is waited for for a minute, or until GitHub says that it is over.',
  },
  'dry-run': { type: 'flag', default: 'false', description: 'Prints the plan and what the API server would make of it, and writes nothing.' },
} as const

/** What only a release that goes out for the first time can say. */
export const releaseInputs = {
  irreversible: {
    type: 'text',
    description:
      'Why nothing before this release can be gone back to once users are on it, such as `drops column x`: a rollback that would cross it is refused and says so.',
  },
} as const

/** Takes apps and their Services out of the inputs. Throws INPUT_INVALID with all that is wrong. */
export function placesOf({ app: apps, service }: { readonly app: readonly string[]; readonly service: readonly NamedLine[] }): readonly AppPlace[] {
  const problems = placeProblems({ app: apps, service })
  const [first] = problems
  if (first !== undefined) throw new Fault('INPUT_INVALID', first.message, { problems })
  return apps.map((app) => ({ app, service: service.find((line) => (line.app ?? apps[0]) === app)?.value ?? app }))
}

/** Says what is wrong with apps and Services before anything is contacted. */
export function placeProblems({ app: apps, service }: { readonly app: readonly string[]; readonly service: readonly NamedLine[] }): readonly Problem[] {
  const twice = apps.find((app, index) => apps.indexOf(app) !== index)
  const unknown = service.find((line) => line.app !== undefined && !apps.includes(line.app))
  const nameless = apps.length > 1 ? service.find((line) => line.app === undefined) : undefined
  return [
    ...(apps.length === 0 ? [{ message: 'input "app": is required, got nothing', hint: 'Name the Deployment: `app: web`.' }] : []),
    ...(twice === undefined ? [] : [{ message: `input "app": expected each app once, got "${twice}" twice` }]),
    ...(unknown === undefined ? [] : [{ message: `input "service": expected one of the apps ${apps.join(', ')}, got "${unknown.app ?? ''}"` }]),
    ...(nameless === undefined ? [] : [{ message: `input "service": expected app=service with several apps, got "${nameless.value}"` }]),
  ]
}

/** Reads `name=value` or a bare value. */
export function parseNamed(line: string): NamedLine {
  const parts = /^([a-z0-9][a-z0-9-]*)=(.+)$/.exec(line)
  return parts === null ? { value: line } : { app: parts[1] ?? '', value: parts[2] ?? '' }
}

function parseApp(line: string): string {
  slotName(line, 'blue')
  return line
}

function parseStandby(text: string): Standby {
  if (text === 'cold' || text === 'warm') return { type: text }
  const duration: Duration | undefined = parseDuration(text)
  if (duration !== undefined && duration >= milliseconds(1_000)) return { type: 'warm', for: duration }
  throw new Fault('INPUT_INVALID', `expected cold, warm or a duration such as 1h, got ${JSON.stringify(text)}`)
}

function parseUrl(text: string): URL {
  const url = URL.parse(text)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new Fault('INPUT_INVALID', `expected an http or https URL, got ${JSON.stringify(text)}`)
  if (url.username !== '' || url.password !== '')
    throw new Fault('INPUT_INVALID', `expected a URL without user and password, got ${url.protocol}//***@${url.host}`)
  return url
}
