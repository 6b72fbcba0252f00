/** How a piece of text looks, where colours are wanted. */
export type Look = 'bold' | 'dim' | 'red' | 'green' | 'yellow'

/** Gives text a look; the identity where colours are not wanted. */
export type Paint = (text: string, look: Look) => string

const CODES: Readonly<Record<Look, string>> = { bold: '1', dim: '2', red: '31', green: '32', yellow: '33' }

/** Colours on a terminal, unless NO_COLOR says otherwise. */
export function paintFor(stream: { readonly isTTY?: boolean }, environment: NodeJS.ProcessEnv): Paint {
  if (stream.isTTY !== true || (environment['NO_COLOR'] ?? '') !== '') return (text) => text
  return (text, look) => `\u001B[${CODES[look]}m${text}\u001B[0m`
}

/** Cuts text to a width; what is missing is shown by an ellipsis. Knows no colours: cut first, then paint. */
export function fit(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`
}
