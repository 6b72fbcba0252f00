/** Milliseconds for a reader: `7 ms`, `0.53 s`, `8.1 s`; a dash where there is none. */
export function span(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return '-'
  const rounded = Math.round(milliseconds)
  if (Math.abs(rounded) < 100) return `${rounded} ms`
  return `${(milliseconds / 1_000).toFixed(milliseconds < 1_000 ? 2 : 1)} s`
}

/** Seconds with one decimal: `12.5 s`. */
export function seconds(value: number | undefined): string {
  return value === undefined ? '-' : `${value.toFixed(1)} s`
}

/** A count with thin groups of thousands: `12 480`. */
export function count(value: number): string {
  return String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, ' ')
}
