/** Two runs at once on one app, fifty times each. */
import { chance } from '@fairlead/faults'
import { contend, pairs } from '../cluster/faults/contention.ts'
import { seedOf } from '../cluster/faults/seed.ts'
import { prove, type Row } from './rows.ts'

const TIMES = 50
const both = await pairs()
const seed = seedOf(process.env)

await prove({
  name: 'contention',
  title: 'Two at once',
  story: `One run is ${both.map(({ name }) => name).join(', then ')} on one app of three Pods. In every second run they start at the same moment, in the others up to 6 s apart. What both wrote is taken from a proxy before each; a run counts only if they wrote one after the other, the end is what the last to succeed has told, and each told what served when it ended.`,
  command: 'npx -y pnpm@12 prove contention',
  runs: TIMES,
  actions: ['deploy-bluegreen', 'rollback'],
  measure: async (run) => {
    const rows: Row[] = []
    for (const pair of both) {
      const offset = run % 2 === 0 ? 0 : chance(seed + run)(6_000)
      const { problems, tellings, seconds } = await contend(pair, offset)
      if (problems.length > 0) throw new Error(`${pair.name}, ${offset} ms apart:\n${[...tellings, ...problems].join('\n')}`)
      rows.push({ what: `${pair.name}: both succeeded`, unit: 'runs', value: tellings.every((words) => words.startsWith('exit 0')) ? 1 : 0 })
      rows.push({ what: `${pair.name}: until both had ended`, unit: 's', value: seconds })
    }
    return rows
  },
})
