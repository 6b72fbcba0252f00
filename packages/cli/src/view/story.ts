/** What a line of a run means to somebody who watches. */
export type Scene =
  | { readonly type: 'step'; readonly number: string; readonly text: string; readonly line: string }
  | { readonly type: 'ended'; readonly ok: boolean; readonly seconds: number; readonly text: string }
  /** Said while a step is at work. */
  | { readonly type: 'said'; readonly text: string }
  | { readonly type: 'text'; readonly text: string }

/** Reads the lines of a run in order: first the plan, then a blank line, then every step with what it says and how it ended. A plan may be made again in between. Other lines are what they are. */
export class Story {
  #isUnderway = false
  #isAtStep = false

  read(line: string): Scene {
    const scene = this.#isUnderway ? this.#sceneOf(line) : { type: 'text' as const, text: line }
    if (line === '') this.#isUnderway = true
    if (line.endsWith('the plan is made again:')) this.#isUnderway = false
    if (scene.type === 'step') this.#isAtStep = true
    if (scene.type === 'ended') this.#isAtStep = false
    return scene
  }

  #sceneOf(line: string): Scene {
    const [, number, text] = /^ ?(\d+) {2}(\S.*)$/.exec(line) ?? []
    if (number !== undefined && text !== undefined) return { type: 'step', number, text, line }
    const [, word, seconds, result] = /^ {6}(done|FAILED) in (\d+\.\d)s: (.*)$/.exec(line) ?? []
    if (result !== undefined) return { type: 'ended', ok: word === 'done', seconds: Number(seconds), text: result }
    return this.#isAtStep && line !== '' ? { type: 'said', text: line.trim() } : { type: 'text', text: line }
  }
}
