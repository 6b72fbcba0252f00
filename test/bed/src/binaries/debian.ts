import { readFile } from 'node:fs/promises'
import { exists } from './cache.ts'
import { Failure } from '../failure.ts'
import { attempt } from '../machine/program.ts'
import { stopwatch, type Report } from '../report.ts'

/** What the bed needs of Debian, each with a file that only that package brings. */
const needed: Readonly<Record<string, string>> = {
  containerd: '/usr/bin/containerd',
  runc: '/usr/sbin/runc',
  'containernetworking-plugins': '/usr/lib/cni/bridge',
  iptables: '/usr/sbin/iptables',
  iproute2: '/usr/sbin/ip',
  conntrack: '/usr/sbin/conntrack',
  openssl: '/usr/bin/openssl',
  'ca-certificates': '/usr/sbin/update-ca-certificates',
}

/** Makes sure the programs the bed takes from Debian are there, and installs what is missing. Needs root only then. */
export async function ensurePackages(report: Report): Promise<void> {
  const missing: string[] = []
  for (const [name, file] of Object.entries(needed)) if (!(await exists(file))) missing.push(name)
  if (missing.length > 0) await installPackages(missing, report)
}

/** Installs Debian packages, or says which command to run where that is not possible. */
export async function installPackages(names: readonly string[], report: Report): Promise<void> {
  const list = names.join(' ')
  if (!(await exists('/usr/bin/apt-get'))) {
    throw new Failure(`the bed needs ${list}: expected Debian's apt-get to install them, got ${await systemName()}; install them yourself`)
  }
  if (process.getuid?.() !== 0) throw new Failure(`the bed needs ${list}, and is not root; run: sudo apt-get install ${list}`)
  const elapsed = stopwatch()
  report.progress(`installing ${list}`)
  let answer = await install(names)
  if (answer.code !== 0) {
    await attempt('apt-get', ['update', '--quiet=2'], { environment: quiet() })
    answer = await install(names)
  }
  if (answer.code !== 0) throw new Failure(`apt-get install ${list}: expected exit code 0, got ${answer.code}\n${answer.errors.trim()}`)
  report.line(`installed ${list}  ${elapsed()}`)
}

function install(names: readonly string[]) {
  return attempt('apt-get', ['install', '--yes', '--quiet=2', '--no-install-recommends', ...names], { environment: quiet() })
}

/** Neither questions, nor services started: the bed starts its own containerd. */
function quiet(): NodeJS.ProcessEnv {
  return { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
}

async function systemName(): Promise<string> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '')
  return /^PRETTY_NAME="?([^"\n]*)/m.exec(release)?.[1] ?? process.platform
}
