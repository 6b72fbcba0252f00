import type { Command } from './command.ts'
import { deploy } from './deploy.ts'
import { eject } from './eject.ts'
import { health } from './health.ts'
import { history } from './history.ts'
import { reap } from './reap.ts'
import { rollback } from './rollback.ts'
import { status } from './status.ts'

/** Every command, in the order the help names them. */
export const COMMANDS: readonly Command[] = [deploy, rollback, status, history, health, reap, eject]
