import { parseArgs } from 'node:util'
import { Failure, sentence } from './failure.ts'

/** What the command line asks for. */
export type Request =
  | {
      readonly verb: 'up'
      readonly name?: string
      readonly kubeconfig?: string
      readonly yes: boolean
      readonly kind?: 'bed' | 'kind'
      readonly dieWith?: number
    }
  | { readonly verb: 'down' | 'status'; readonly name?: string }
  | { readonly verb: 'exec'; readonly name?: string; readonly command: string; readonly args: readonly string[] }
  | { readonly verb: 'help' }

/** How the command is used, whole. */
export const usage = `pnpm bed up [--name <name>] [--kubeconfig <file> [--yes]] [--kind bed|kind] [--die-with <pid>]
pnpm bed down | status [--name <name>]
pnpm bed exec [--name <name>] <command> [<argument>...]
pnpm bed kubectl <argument>...

  up        brings a cluster up and leaves it up: the one of --kubeconfig (or FAIRLEAD_KUBECONFIG), else kind where a
            Docker daemon answers, else the bed: a single node from binaries, in namespaces of its own (Linux, root)
  down      takes it down and leaves nothing behind
  status    says what runs; exits with 1 when something does not
  exec      runs a command that can reach the cluster, its Pods and its Services; passes its exit code on
  kubectl   the same with kubectl

  --name, or FAIRLEAD_BED, tells clusters beside each other apart (default: "default").
`

/** Reads the command line. Everything behind the command of `exec` and behind `kubectl` is left exactly as it is. */
export function parseRequest(args: readonly string[]): Request {
  const [verb, ...rest] = args
  switch (verb) {
    case 'up':
      return upRequest(rest)
    case 'down':
    case 'status':
      return { verb, ...options(rest, ['name']) }
    case 'exec':
      return execRequest(rest)
    case 'kubectl':
      return { verb: 'exec', command: 'kubectl', args: rest }
    case 'help':
    case '--help':
    case undefined:
      return { verb: 'help' }
    default:
      throw new Failure(`expected up, down, status, exec or kubectl, got "${verb}"\n\n${usage}`)
  }
}

function upRequest(args: readonly string[]): Request {
  const { yes, kind, 'die-with': dieWith, ...rest } = options(args, ['name', 'kubeconfig', 'yes', 'kind', 'die-with'])
  if (kind !== undefined && kind !== 'bed' && kind !== 'kind') throw new Failure(`--kind: expected bed or kind, got "${kind}"`)
  if (dieWith !== undefined && !/^[1-9]\d*$/.test(dieWith)) throw new Failure(`--die-with: expected the number of a process, got "${dieWith}"`)
  return {
    verb: 'up',
    ...rest,
    yes: yes === true,
    ...(kind === undefined ? {} : { kind }),
    ...(dieWith === undefined ? {} : { dieWith: Number(dieWith) }),
  }
}

/** The bed's own options end where the command begins, or at `--`. */
function execRequest(args: readonly string[]): Request {
  const named = args[0] === '--name' ? 2 : args[0]?.startsWith('--name=') ? 1 : 0
  const start = args[named] === '--' ? named + 1 : named
  const command = args[start]
  if (command === undefined) throw new Failure(`exec: expected a command, got none\n\n${usage}`)
  return { verb: 'exec', ...options(args.slice(0, named), ['name']), command, args: args.slice(start + 1) }
}

const known = {
  name: { type: 'string' },
  kubeconfig: { type: 'string' },
  yes: { type: 'boolean' },
  kind: { type: 'string' },
  'die-with': { type: 'string' },
} as const

interface Options {
  readonly name?: string
  readonly kubeconfig?: string
  readonly yes?: boolean
  readonly kind?: string
  readonly 'die-with'?: string
}

function options(args: readonly string[], allowed: readonly (keyof typeof known)[]): Options {
  try {
    const accepted = Object.fromEntries(allowed.map((name) => [name, known[name]]))
    return { ...parseArgs({ args: [...args], options: accepted, strict: true }).values }
  } catch (error) {
    throw new Failure(`${sentence(error)}\n\n${usage}`)
  }
}
