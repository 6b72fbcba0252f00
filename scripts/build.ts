/** `pnpm build`: compiles every package from nothing, writes action.yml and README tables, and bundles every action and the command line into its dist/. */
import { rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { bundledFolders, COMMAND_LINE } from './actions.ts'
import { bundle } from './bundle.ts'
import { compile } from './compile.ts'
import { writeDocumentation } from './documentation.ts'

const folders = await bundledFolders()
await compile()
for (const folder of folders) {
  const started = performance.now()
  if (folder !== COMMAND_LINE) await writeDocumentation(folder)
  const dist = join(folder, 'dist')
  await rm(dist, { recursive: true, force: true })
  const bytes = await bundle(folder, dist)
  console.log(`${basename(folder)}: ${(bytes / 1e6).toFixed(2)} MB in ${((performance.now() - started) / 1_000).toFixed(1)}s`)
}
