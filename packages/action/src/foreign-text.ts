/**
 * Makes text from elsewhere (Pod logs, events, server messages, files) harmless to print, on one line.
 *
 * The runner takes `::name::` at the beginning of a line and `##[name]` anywhere in one for a command, and splits lines at a bare carriage return too.
 * Control characters, terminal escapes and marks that turn the direction of writing are dropped. What remains is readable, not identical.
 */
export function inertLine(text: string): string {
  // oxlint-disable-next-line no-control-regex -- terminal escapes are what is looked for
  const escapes = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|[@-Z\\-_])/g
  const oneLine = text
    .replaceAll(escapes, '')
    .replaceAll(/\r\n|[\r\n\u0085\u2028\u2029]/g, ' ')
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    .replaceAll(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/g, '')
    .replaceAll('##[', '# #[')
  return /^\s*::/.test(oneLine) ? oneLine.replace('::', ': :') : oneLine
}

/** Splits foreign text into harmless lines, at every character a reader of the log may take for a line's end. */
export function inertLines(text: string): readonly string[] {
  return text.split(/\r\n|[\r\n\u0085\u2028\u2029]/).map(inertLine)
}
