import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'

/** What the runner reads of an action.yml. */
export interface ActionMetadata {
  readonly name: string
  readonly description: string
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly required?: boolean; readonly default?: string }>>
  readonly outputs: Readonly<Record<string, { readonly description: string }>>
  readonly runs: { readonly using: string; readonly main: string; readonly post?: string }
}

/** Reads the action.yml of a folder. */
export async function readActionMetadata(folder: string): Promise<ActionMetadata> {
  const metadata = parse(await readFile(join(folder, 'action.yml'), 'utf8')) as ActionMetadata
  return { ...metadata, inputs: metadata.inputs ?? {}, outputs: metadata.outputs ?? {} }
}

/** The `INPUT_*` variables of a step: what the workflow gives, otherwise the defaults. Hyphens stay, blanks become underscores. */
export function inputVariables({ inputs }: ActionMetadata, given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const defaults = Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.default ?? '']))
  return Object.fromEntries(Object.entries({ ...defaults, ...given }).map(([name, value]) => [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, value]))
}
