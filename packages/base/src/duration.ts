declare const brand: unique symbol

/** A length of time in whole milliseconds. */
export type Duration = number & { readonly [brand]: 'Duration' }

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const SHAPE = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g
const LONGEST = 35 * 86_400_000

/** Builds a duration from milliseconds. */
export function milliseconds(value: number): Duration {
  return Math.round(value) as Duration
}

/** Builds a duration from seconds. */
export function seconds(value: number): Duration {
  return milliseconds(value * 1_000)
}

/**
 * Reads `30s`, `10m`, `1h30m`, `500ms` or a bare `0`.
 * Answers undefined for anything else, a bare number included: its unit would be a guess. No longer than 35 days, the life of a workflow run.
 */
export function parseDuration(text: string): Duration | undefined {
  const trimmed = text.trim()
  if (trimmed === '0') return milliseconds(0)
  if (!SHAPE.test(trimmed)) return undefined
  const total = [...trimmed.matchAll(PART)].reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNITS[unit ?? ''] ?? 0), 0)
  return total <= LONGEST ? milliseconds(total) : undefined
}

/** Writes a duration for people: `0s`, `350ms`, `4.2s`, `30s`, `2m05s`, `1h02m`. */
export function formatDuration(value: number): string {
  if (value <= 0) return '0s'
  if (value < 1_000) return `${Math.max(1, Math.round(value))}ms`
  if (value < 9_950) return `${trimZero((value / 1_000).toFixed(1))}s`
  const total = Math.round(value / 1_000)
  if (total < 60) return `${total}s`
  const [large, small] = total < 3_600 ? (['m', 's'] as const) : (['h', 'm'] as const)
  const [whole, rest] = total < 3_600 ? [Math.floor(total / 60), total % 60] : [Math.floor(total / 3_600), Math.floor((total % 3_600) / 60)]
  return rest === 0 ? `${whole}${large}` : `${whole}${large}${String(rest).padStart(2, '0')}${small}`
}

function trimZero(text: string): string {
  return text.endsWith('.0') ? text.slice(0, -2) : text
}
