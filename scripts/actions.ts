import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'

/** The root of the repository. */
export const ROOT = resolve(import.meta.dirname, '..')

/** The folders of all published actions, in order. */
export async function actionFolders(): Promise<readonly string[]> {
  const entries = await readdir(join(ROOT, 'actions'), { withFileTypes: true })
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(ROOT, 'actions', name))
    .toSorted()
}

/** The command line: bundled as an action is, and no action. */
export const COMMAND_LINE = join(ROOT, 'packages/cli')

/** Every folder with a committed bundle in its dist/. */
export async function bundledFolders(): Promise<readonly string[]> {
  return [...(await actionFolders()), COMMAND_LINE]
}
