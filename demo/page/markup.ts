/** Text as it may stand in HTML and SVG, in elements and attributes. */
export function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** A coordinate with one decimal, which is less than any screen shows. */
export function at(value: number): string {
  return String(Math.round(value * 10) / 10)
}
