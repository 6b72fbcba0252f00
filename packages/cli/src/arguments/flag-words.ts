import type { InputSchema, Report } from '@fairlead/action'

/** Rewrites what a report says of inputs, as a workflow names them, into the flags a person types. Only reports of faults speak of inputs. */
export function inFlagWords(report: Report, inputs: InputSchema): Report {
  if (report.outputs['fault'] === undefined) return report
  const told: unknown = rewrite(report, (text) => flagWords(text, inputs))
  // Only texts were replaced, by texts.
  return told as Report
}

/** Rewrites one text: `input "app"` becomes `--app`, and a line to add under `with:` the flag to add. */
export function flagWords(text: string, inputs: InputSchema): string {
  const isInput = (name: string) => Object.hasOwn(inputs, name)
  const flag = (name: string, value: string) => (inputs[name]?.type === 'flag' && value === 'true' ? `--${name}` : `--${name} ${value}`)
  return text
    .replaceAll(/\binputs ((?:"[\w-]+"(?:, )?)+)/g, (_, list: string) => list.replaceAll(/"([\w-]+)"/g, '--$1'))
    .replaceAll(/\binput "([\w-]+)"/g, '--$1')
    .replaceAll(/`([\w-]+):` under `with:`/g, '`--$1`')
    .replaceAll(/\bthe `([\w-]+)` input/g, (all: string, name: string) => (isInput(name) ? `\`--${name}\`` : all))
    .replaceAll(/`([\w-]+)(?:: ([^`]*))?`/g, (all: string, name: string, value?: string) =>
      isInput(name) ? `\`${value === undefined ? `--${name}` : flag(name, value)}\`` : all,
    )
    .replaceAll(/(?<=^|\. )(allow-[a-z-]+): (.*)$/gm, (all: string, name: string, value: string) => (isInput(name) ? flag(name, value) : all))
}

function rewrite(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((item) => rewrite(item, change))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, rewrite(field, change)]))
}
