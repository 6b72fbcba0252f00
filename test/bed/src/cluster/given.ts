import { mkdir, readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { Failure } from '../failure.ts'
import { bedFolder } from '../machine/folders.ts'
import { bedPaths } from '../machine/layout.ts'
import { obtainNode } from '../binaries/node.ts'
import { attempt, findProgram } from '../machine/program.ts'
import type { ClusterRecord } from './record.ts'
import type { Report } from '../report.ts'
import { writeJson } from '../lifecycle/status.ts'

/** The record of a cluster somebody else owns. */
export type GivenRecord = Extract<ClusterRecord, { kind: 'given' }>

/** A cluster the user points at, and the consent to write into it. */
export interface GivenOptions {
  readonly name: string
  readonly kubeconfig: string
  readonly environment: NodeJS.ProcessEnv
  readonly report: Report
  /** Consent given beforehand: `--yes` or FAIRLEAD_YES=1. */
  readonly yes: boolean
}

/** Uses the user's own cluster, after a printed question; never without consent, never when it does not answer. */
export async function givenUp(options: GivenOptions): Promise<GivenRecord> {
  const kubeconfig = resolve(options.kubeconfig)
  await consent(kubeconfig, options)
  const kubectl = await findProgram('kubectl', options.environment)
  const bin = kubectl === undefined ? await obtainNode(options.environment, options.report) : dirname(kubectl)
  const answer = await attempt(`${bin}/kubectl`, ['--kubeconfig', kubeconfig, '--request-timeout=10s', 'get', '--raw', '/readyz'])
  if (answer.code !== 0) throw new Failure(`kubeconfig ${kubeconfig}: expected its cluster to answer, got: ${answer.errors.trim()}`)
  const folder = bedFolder(options.environment, options.name)
  const record: GivenRecord = { kind: 'given', name: options.name, folder, kubeconfig, bin }
  await mkdir(folder, { recursive: true })
  await writeJson(bedPaths(folder).record, record)
  options.report.line(`using the cluster of ${kubeconfig}`)
  return record
}

/** The server of the current context, as the question names it; tolerant, for it only informs. */
export function serverOf(kubeconfig: string): string {
  const context = /^current-context:\s*(\S+)/m.exec(kubeconfig)?.[1]
  const servers = [...kubeconfig.matchAll(/^\s*(?:- )?server:\s*(\S+)/gm)].map((match) => match[1])
  return `${servers.join(' or ') || 'an unnamed server'}${context === undefined ? '' : ` (context ${context})`}`
}

async function consent(kubeconfig: string, options: GivenOptions): Promise<void> {
  const text = await readFile(kubeconfig, 'utf8').catch((error: Error) => {
    throw new Failure(`kubeconfig ${kubeconfig}: expected a readable file, got: ${error.message}`)
  })
  const question = `Tests and demo will create and delete namespaces, workloads and roles in the cluster at ${serverOf(text)}. Go ahead?`
  if (options.yes) return options.report.line(`${question} yes, as told beforehand`)
  if (!process.stdin.isTTY) {
    throw new Failure(`${question}\nexpected an answer, got no terminal to ask on; say FAIRLEAD_YES=1 or --yes if you mean it`)
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await terminal.question(`${question} [y/N] `)
  terminal.close()
  if (!/^y(es)?$/i.test(answer.trim())) throw new Failure(`not using ${kubeconfig}: expected "y", got "${answer.trim()}"`)
}
