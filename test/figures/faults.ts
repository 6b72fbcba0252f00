/** Every fault of the table, one release each. */
import { endure } from '../cluster/faults/endure.ts'
import { FAULTS } from '../cluster/faults/fault-cases.ts'
import { prove } from './rows.ts'

// Parts of a cluster can be stopped where it is ours alone.
const cases = FAULTS.filter(({ stops }) => stops !== true || process.env['FAIRLEAD_INSIDE'] !== undefined)
for (const { name } of FAULTS.filter((one) => !cases.includes(one))) console.log(`faults: left out, since it needs a bed: ${name}`)

await prove({
  name: 'faults',
  title: 'A release that meets a fault',
  story: `One run is one release that meets one fault; ${cases.length} faults, each in a namespace of its own. It counts only if the Service selected ready Pods of one slot at every look, the run told the truth, and at the end, after the same again where it had not come through, the release serves with nothing left over.`,
  command: 'npx -y pnpm@12 prove faults',
  runs: cases.length,
  actions: ['deploy-bluegreen'],
  measure: async (run) => {
    const one = cases[run - 1]
    if (one === undefined) throw new Error(`expected one of ${cases.length} faults, got ${run}`)
    const { problems, told, seconds } = await endure(one)
    if (problems.length > 0) throw new Error(`${one.name}: ${told}\n${problems.join('\n')}`)
    return [{ what: one.name, unit: 's', value: seconds }]
  },
})
