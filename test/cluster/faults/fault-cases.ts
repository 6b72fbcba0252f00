import { setTimeout as sleep } from 'node:timers/promises'
import { startAgain, stopComponent, type ComponentName } from '@fairlead/bed'
import { sentenceOf, type FaultProxy, type Match, type Numbered, type Side, type StreamEnd, type Trouble } from '@fairlead/faults'
import { shopManifest } from '../releases/stage.ts'
import type { Bench } from './bench.ts'

/** Something that goes wrong while release 2 takes over from release 1. */
export interface FaultCase {
  readonly name: string
  /** How the run may end: carried through, or ended with the truth, so that the same again carries it through. */
  readonly ends: 'well' | 'well or told'
  readonly inputs?: Readonly<Record<string, string>>
  /** Sets it up before the run starts, and resolves once it has come to pass: a fault that nothing met proves nothing. */
  readonly arrange: (stage: Stage) => Promise<unknown>
  /** Whether it stops parts of the cluster, which only a bed's own tests may. */
  readonly stops?: true
  /** Whether it takes minutes: a stream counts as silent only when even bookmarks stay out. */
  readonly long?: true
}

/** What a case may lay hands on. */
export interface Stage {
  readonly proxy: FaultProxy
  readonly bench: Bench
}

/** The writes that stand for the phases of a release. */
const PHASES = ['apply configmaps fairlead.shop', 'apply deployments shop-green', 'patch services shop', 'apply deployments shop-blue']

/** Every fault there is, by its name. */
export const FAULTS: readonly FaultCase[] = [
  ...['apply configmaps fairlead.shop', 'apply deployments shop-green', 'patch services shop'].flatMap((sentence) => [
    answered(sentence, 429, { 'retry-after': '1' }),
    answered(sentence, 500),
    answered(sentence, 503),
    lost(sentence, 'before'),
    lost(sentence, 'after'),
  ]),
  troubled('every first reply to a write is lost', 'well', ({ write, again }) => write && again === 1, { kind: 'lose', side: 'after' }, 99),
  troubled('six requests in a row get 500', 'well', after(4), { kind: 'answer', status: 500 }, 6),
  troubled('six connections in a row are reset', 'well', after(8), { kind: 'lose', side: 'before' }, 6),
  ...(['cut', 'quiet', 'gone', 'closed'] as const).map(streams),
  troubled('watches are too old', 'well', ({ verb }) => verb === 'watch', { kind: 'answer', status: 410 }, 2),
  troubled('the reply to the move never comes, and it was made', 'well', isMove, { kind: 'silence', side: 'after' }),
  troubled('the reply to the move never comes, and it was not made', 'well', isMove, { kind: 'silence', side: 'before' }),
  troubled('the account is taken away in mid-run', 'well or told', after(20), { kind: 'answer', status: 401 }, 9_999),
  atWrite('somebody else writes to the Service before the move', 'patch services shop', ({ kubectl }) => kubectl('annotate', 'service', 'shop', 'by=hand')),
  atWrite('somebody else writes the journal', 'apply configmaps fairlead.shop', ({ kubectl }) => kubectl('label', 'configmap', 'fairlead.shop', 'by=hand')),
  atSoak('a selector is edited by hand in the soak', ({ kubectl }) =>
    kubectl('patch', 'service', 'shop', '--type=merge', '-p', '{"spec":{"selector":{"fairlead.dev/slot":"blue"}}}'),
  ),
  ...PHASES.map((sentence) => atWrite(`kubectl rollout restart before ${sentence}`, sentence, restart)),
  atSoak('kubectl rollout restart in the soak', restart),
  ...PHASES.map((sentence) => atWrite(`kubectl apply of the user's manifest before ${sentence}`, sentence, applyAgain)),
  atSoak("kubectl apply of the user's manifest in the soak", applyAgain),
  ...(['kube-apiserver', 'kube-controller-manager', 'kube-proxy'] as const).flatMap((name) => [
    stopped(name, 'apply deployments shop-green'),
    stopped(name, 'patch services shop'),
  ]),
]

function asks(sentence: string): Match {
  return (asked) => asked.nth > 0 && sentenceOf(asked) === sentence
}

function isMove(asked: Numbered): boolean {
  return asks('patch services shop')(asked)
}

/** From the `n`th request of the run on. */
function after(n: number): Match {
  return ({ number }) => number >= n
}

function troubled(name: string, ends: FaultCase['ends'], match: Match, trouble: Trouble, times = 1): FaultCase {
  return { name, ends, arrange: ({ proxy }) => proxy.when(match, trouble, times).struck }
}

function answered(sentence: string, status: number, headers: Readonly<Record<string, string>> = {}): FaultCase {
  return troubled(`${status} to ${sentence}, twice`, 'well', asks(sentence), { kind: 'answer', status, headers }, 2)
}

function lost(sentence: string, side: Side): FaultCase {
  return troubled(`${side === 'before' ? 'the request' : 'the reply'} of ${sentence} is lost`, 'well', asks(sentence), { kind: 'lose', side })
}

function streams(end: StreamEnd): FaultCase {
  const words: Readonly<Record<StreamEnd, string>> = {
    cut: 'are cut off within a line',
    quiet: 'fall silent',
    gone: 'say that they are too old',
    closed: 'end',
  }
  const one = troubled(`watches ${words[end]}`, 'well', ({ verb }) => verb === 'watch', { kind: 'stream', lines: 1, end }, 4)
  return end === 'quiet' ? { ...one, inputs: { timeout: '5m' }, long: true } : one
}

type Hand = (bench: Bench) => Promise<unknown>

/** Somebody does something while the first write of a kind waits at the door. */
function atWrite(name: string, sentence: string, hand: Hand): FaultCase {
  return {
    name,
    ends: 'well or told',
    arrange: async ({ proxy, bench }) => {
      const rule = proxy.when(asks(sentence), { kind: 'hold', side: 'before' })
      return rule.struck.then(() => hand(bench)).finally(() => rule.release())
    },
  }
}

/** Somebody does something two seconds after the move, when a release is watched under its users. */
function atSoak(name: string, hand: Hand): FaultCase {
  return {
    name,
    ends: 'well or told',
    inputs: { soak: '6s' },
    arrange: async ({ proxy, bench }) => {
      const rule = proxy.when(isMove, { kind: 'delay', milliseconds: 0 })
      await rule.struck
      await sleep(2_000)
      return hand(bench)
    },
  }
}

/** A component crashes at a write, and is back four seconds later. */
function stopped(component: ComponentName, sentence: string): FaultCase {
  const bed = process.env['FAIRLEAD_INSIDE'] ?? ''
  return {
    name: `${component} is stopped for four seconds before ${sentence}`,
    ends: 'well or told',
    arrange: async ({ proxy }) => {
      const rule = proxy.when(asks(sentence), { kind: 'hold', side: 'before' })
      await rule.struck
      await stopComponent(bed, component, process.env)
      rule.release()
      await sleep(4_000)
      await startAgain(bed, component, process.env)
    },
    stops: true,
  }
}

function restart({ kubectl }: Bench): Promise<string> {
  return kubectl('rollout', 'restart', 'deployment', '--selector=fairlead.dev/app=shop')
}

async function applyAgain({ apply }: Bench): Promise<void> {
  await apply(await shopManifest())
}
