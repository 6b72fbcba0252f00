import type { Duration } from '@fairlead/base'

interface Common {
  /** One or two sentences for `action.yml` and the README. */
  readonly description: string
  /** What an absent or empty input stands for, as a user would write it. */
  readonly default?: string
  readonly required?: boolean
}

/** One line of text, or whatever `parse` makes of it. Empty means absent. */
export interface TextInput<T = string> extends Common {
  readonly type: 'text'
  /** Accepts line breaks, as content of a file has them. */
  readonly multiline?: boolean
  /** Throws an INPUT_INVALID fault that says what was expected and what was got. */
  readonly parse?: (text: string) => T
}

/** `true` or `false`, nothing else. */
export interface FlagInput extends Common {
  readonly type: 'flag'
  readonly default: 'true' | 'false'
}

export interface ChoiceInput<Option extends string = string> extends Common {
  readonly type: 'choice'
  readonly options: readonly Option[]
}

/** `30s`, `10m`, `1h30m`; never a bare number, whose unit would be a guess. */
export interface DurationInput extends Common {
  readonly type: 'duration'
  readonly default: string
}

/** One value a line; empty lines and surrounding blanks fall away. */
export interface LinesInput<T = string> extends Common {
  readonly type: 'lines'
  readonly parse?: (line: string) => T
}

/** A YAML document, made into a value by `parse`. */
export interface YamlInput<T = unknown> extends Common {
  readonly type: 'yaml'
  readonly parse: (data: unknown) => T
}

/** An input as data: a domain package can describe its own without knowing what an action is. */
export type Input = TextInput<unknown> | FlagInput | ChoiceInput | DurationInput | LinesInput<unknown> | YamlInput

export type InputSchema = Readonly<Record<string, Input>>

type Present<I extends Input, T> = I extends { readonly required: true } | { readonly default: string } ? T : T | undefined

/** What one input becomes. */
export type ValueOf<I extends Input> = I extends FlagInput
  ? boolean
  : I extends DurationInput
    ? Duration
    : I extends ChoiceInput<infer Option>
      ? Present<I, Option>
      : I extends { readonly type: 'lines'; readonly parse: (line: string) => infer T }
        ? readonly T[]
        : I extends { readonly type: 'lines' }
          ? readonly string[]
          : I extends { readonly type: 'yaml'; readonly parse: (data: unknown) => infer T }
            ? Present<I, T>
            : I extends { readonly type: 'text'; readonly parse: (text: string) => infer T }
              ? Present<I, T>
              : Present<I, string>

/** What a schema becomes: one value per input, under the input's own name. */
export type Values<S extends InputSchema> = { readonly [Name in keyof S]: ValueOf<S[Name]> }

/** A package cannot import this one to describe its inputs, and need not: this checks them where they are put together. */
export function defineInputs<const S extends InputSchema>(schema: S): S {
  return schema
}
