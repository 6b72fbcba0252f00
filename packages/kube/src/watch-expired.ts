import { Fault } from '@fairlead/base'

/** Says that the point in history a watch wanted to continue from is gone (410): only a new list tells what is there now. */
export class WatchExpired extends Fault {
  constructor(what: string, cause?: unknown) {
    super('UNAVAILABLE', `${what}: the watched point in history is gone, expected it to be kept, got 410`, { cause, hint: 'List again and watch from there.' })
  }
}
