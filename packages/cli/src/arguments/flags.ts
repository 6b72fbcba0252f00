import type { InputSchema } from '@fairlead/action'

/** A flag as `parseArgs` wants it described. */
export interface Flag {
  readonly type: 'string' | 'boolean'
  readonly multiple?: boolean
  readonly short?: string
}

/** The flags every command has, beside those of its inputs. */
export const OWN_FLAGS = {
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const satisfies Readonly<Record<string, Flag>>

/** One flag for every input, under the input's own name; `-n` is the namespace, as with kubectl. */
export function flagsOf(inputs: InputSchema): Record<string, Flag> {
  const own = Object.entries(inputs).map(([name, input]): [string, Flag] => [
    name,
    { type: input.type === 'flag' ? 'boolean' : 'string', multiple: input.type === 'lines', ...(name === 'namespace' ? { short: 'n' } : {}) },
  ])
  return { ...Object.fromEntries(own), ...OWN_FLAGS }
}

/** The input that bare arguments fill: the one a command names, otherwise the app. */
export function positionalOf({ inputs, positional }: { readonly inputs: InputSchema; readonly positional?: string | undefined }): string | undefined {
  return positional ?? (Object.hasOwn(inputs, 'app') ? 'app' : undefined)
}
