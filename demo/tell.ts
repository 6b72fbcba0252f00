/** The story itself, told where the cluster can be reached. The first argument is how many milliseconds it took to bring that up. */
import { resolveCluster } from '@fairlead/bed'
import { startLoad, tallyLine, type Load, type LoadReport } from '@fairlead/load'
import { writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { playChapter } from './chapter.ts'
import { complaintsOf, figuresOf } from './figures.ts'
import { pageOf } from './page/page.ts'
import { paintFor } from './paint.ts'
import { addressOf, makePlace, removePlace } from './place.ts'
import { Rates } from './rates.ts'
import type { Run } from './run.ts'
import { QUICK, STORY } from './story.ts'
import { LEGEND, tableOf } from './table.ts'
import { seconds } from './units.ts'
import { View } from './view.ts'

const PAGE = join(import.meta.dirname, '../demo.html')
/** Requests per second of each of the four shapes. */
const RATE = 50
/** Ends a client that nobody stops, after about five minutes. */
const MOST = 60_000
/** Milliseconds that users ask on after the last step: its Pods are still leaving. */
const TAIL = 3_000
const CUT_SHORT = 'the load: its bound was reached before the end, so not everything was measured'

const clusterTook = Number(process.argv[2] ?? 0)
const began = Date.now() - clusterTook
const paint = paintFor(process.stdout, process.env)
const view = new View(process.stdout)
const rates = new Rates()

// Ctrl-C reaches what entered the bed as well: its end comes here as SIGTERM.
process.on('SIGINT', leave)
process.on('SIGTERM', leave)

introduce()
const cluster = await resolveCluster()
await makePlace()
const told = await tell().finally(removePlace)
process.exitCode = await conclude(told)

interface Told {
  readonly runs: readonly Run[]
  readonly load: Load | undefined
}

/** Plays the chapters in turn; the first that does not end as it must is the last. */
async function tell(): Promise<Told> {
  const runs: Run[] = []
  let load: Load | undefined
  try {
    for (const chapter of STORY) {
      const run = await playChapter(chapter, { view, rates, paint })
      runs.push(run)
      if (run.ending !== chapter.ending) break
      load ??= await startLoad(cluster, { url: await addressOf('shop'), rate: RATE, most: MOST, onRecord: (record) => rates.add(record) })
    }
    await sleep(TAIL)
  } finally {
    await load?.stop()
  }
  return { runs, load }
}

/** Gives the terminal back, and the namespace, where the cluster is still there to take it. */
function leave(): void {
  view.show(undefined)
  void removePlace()
    .catch(() => undefined)
    .finally(() => process.exit(130))
}

function introduce(): void {
  view.print(
    '',
    paint('Fairlead: five releases of a shop under load, two of them sick, and the way back', 'bold'),
    ...(clusterTook === 0 ? [] : [`cluster ready after ${seconds(clusterTook / 1_000)}`]),
    `soak ${QUICK.soak} and drain ${QUICK.drain} so that it ends soon; the defaults are 30s each`,
    'a release gets its number when it is accepted: what is refused leaves no gap',
  )
}

/** Shows what was measured, writes the page, and answers the exit code: 0 only when nothing was lost and everything came out as it must. */
async function conclude({ runs, load }: Told): Promise<number> {
  const report = await load?.stop()
  const figures = figuresOf(runs, report?.records ?? [])
  const complaints = [...complaintsOf(figures, STORY.length), ...shortcomingsOf(report)]
  view.print('', ...tableOf(figures), ...LEGEND.map((line) => paint(line, 'dim')), '')
  for (const complaint of complaints) view.print(paint(`NOT AS IT MUST BE: ${complaint}`, 'red'))
  if (report === undefined) return 1
  await writeFile(PAGE, pageOf({ figures, report, complaints, rate: RATE, quick: QUICK }))
  const isGood = complaints.length === 0 && report.all.lost === 0
  view.print(
    `${relative(process.cwd(), PAGE)} written, ${seconds((Date.now() - began) / 1_000)} in all`,
    paint(tallyLine(report.all), isGood ? 'green' : 'red'),
  )
  return isGood ? 0 : 1
}

function shortcomingsOf(report: LoadReport | undefined): readonly string[] {
  return report?.end.ended === 'most' ? [CUT_SHORT] : []
}
