/** The real planner, executor, journal and lock over a cluster in memory: every death, every lost reply, two runs at once; and each guard taken away once. */
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { chance, DEATHS, exploreEncounter, explorePlay, HOLDS, LOST_REPLIES, seedOf, type Explored } from '../../packages/rollout/test/model/explore.ts'
import { ENCOUNTERS, PLAYS } from '../../packages/rollout/test/model/plays.ts'
import { REMOVALS } from '../../packages/rollout/test/model/removals.ts'

interface Row {
  readonly what: string
  readonly how: string
  readonly runs: number
}

const SEED = seedOf(process.env)
const rows: Row[] = []
const wrong: string[] = []

for (const play of PLAYS) for (const blow of [...DEATHS, ...LOST_REPLIES]) keep(play.name, blow, await explorePlay(play, blow, { random: chance(SEED) }))
for (const encounter of ENCOUNTERS)
  for (const blow of HOLDS) keep(encounter.name, blow, await exploreEncounter(encounter, blow, { share: 1, random: chance(SEED) }))

const removed: string[] = []
for (const { guard, lens, trial, fails } of REMOVALS) {
  const [kept, lost] = [await trial({}), await trial(lens)]
  const seen = lost.violations.find(({ invariant }) => invariant === fails)
  if (kept.violations.length > 0 || seen === undefined) wrong.push(`${guard}: expected ${fails} to hold with it and to fail without`)
  else removed.push(`| ${guard} | ${fails} | ${seen.what} |`)
}

if (wrong.length === 0) await writeFile(resolve(import.meta.dirname, '../../docs/figures/model.md'), page())
else for (const each of wrong) console.error(each)
process.exitCode = wrong.length === 0 ? 0 : 1

function keep(what: string, how: string, explored: Explored): void {
  rows.push({ what, how, runs: explored.runs })
  const violations = Object.entries(explored.wrong).flatMap(([trial, words]) => words.map((word) => `${trial}: ${word}`))
  wrong.push(...violations)
  console.log(`model: ${what}, ${how}: ${explored.runs} runs, ${violations.length} violations`)
}

function page(): string {
  const names = [...new Set(rows.map(({ what }) => what))]
  const counted = names.map((name) => {
    const own = rows.filter(({ what }) => what === name)
    return `| ${name} | ${own.map(({ how }) => how).join(', ')} | ${own.reduce((sum, { runs }) => sum + runs, 0)} | 0 |`
  })
  const all = rows.reduce((sum, { runs }) => sum + runs, 0)
  return `# Every way to be cut short

\`npx -y pnpm@12 prove model\`: the planner, executor, journal and lock as they are, over a cluster in memory. Each run is struck at one request, every request in turn; then another run is asked for the same. ${all} runs, 0 violations.

After every write of anybody it is looked whether writes of two owners ever mix, whether a living holder keeps its lock, whether the Service leads to enough ready Pods of one slot that was waited for, and in the end whether the lock is released, nothing is under way, and all is as if nothing had happened.

| what | struck how | runs | violations |
| --- | --- | --- | --- |
${counted.join('\n')}

Each guard taken away once, in a run that it protects:

| without | fails | because |
| --- | --- | --- |
${removed.join('\n')}
`
}
