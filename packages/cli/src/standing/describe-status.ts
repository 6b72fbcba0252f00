import type { Block } from '@fairlead/action'
import { formatDuration, type Problem } from '@fairlead/base'
import type { AppStatus, Occupant, OnWay, Standby } from './app-status.ts'
import type { Holder } from './holder.ts'
import { shortCommit, shortImage, shortTime } from './images.ts'

/** Writes how an app stands for a person: what users get first, what can be done last. */
export function describeStatus(status: AppStatus, namespace: string, now: Date): readonly Block[] {
  const { app, serving, standby, onWay, lock, pin, held, problems, next } = status
  return [
    { type: 'heading', text: `${namespace}/${app}` },
    {
      type: 'list',
      items: [
        `serves: ${serving === undefined ? 'nothing of ours' : `${releaseText(serving)}, ${readyText(serving)}${detail(serving)}`}`,
        ...(standby === undefined ? [] : [`standby: ${standbyText(standby, onWay)}`]),
        ...(onWay === undefined ? [] : [`on its way: ${onWayText(onWay)}`]),
        ...(lock === undefined ? [] : [`lock: ${lockText(lock, now)}`]),
        ...(pin === undefined ? [] : [`pin: release ${pin.release} is kept out by ${pin.actor} since ${shortTime(pin.at)}: ${pin.reason}`]),
        ...(held === undefined ? [] : [`held: Deployment ${held} is paused by us, so that no restart replaces the Pods users are pinned to`]),
        ...problems.map((problem) => `PROBLEM: ${problemText(problem)}`),
        ...next.map(({ command, does }) => `next: ${command}   (${does})`),
      ],
    },
  ]
}

function releaseText({ slot, release, deployment }: Occupant): string {
  const place = slot === 'adopted' ? `Deployment ${deployment}, from before` : slot
  return release === undefined ? `an unknown release from ${place}` : `release ${release} from ${place}`
}

function readyText({ ready, wanted }: Occupant): string {
  return `${ready} of ${wanted} Pods ready`
}

function detail({ images, source }: Occupant): string {
  const commit = shortCommit(source)
  return `${images.length === 0 ? '' : `, ${images.map(shortImage).join(', ')}`}${commit === '' ? '' : `, from ${commit}`}`
}

function standbyText(standby: Standby, onWay: OnWay | undefined): string {
  const { state, until, bad } = standby
  const end = onWay === undefined ? 'until the next release' : `until release ${onWay.release} is accepted`
  const kept = until === undefined ? end : `until ${shortTime(until)}`
  const states = { warm: `warm ${kept}, ${readyText(standby)}`, cold: 'cold, scaled to zero', gone: `its Deployment ${standby.deployment} is gone` }
  return `${releaseText(standby).replace(' from ', ' in ')}, ${states[state]}${detail(standby)}${bad ? '; it was rolled back, and is not gone back to' : ''}`
}

function onWayText({ release, slot, state, step, by, since, images }: OnWay): string {
  const place = `release ${release} in ${slot}, ${state === 'parked' ? 'parked' : 'left or running'} at "${step}"`
  const origin = `${by === undefined ? '' : ` by ${by}`}${since === undefined ? '' : ` since ${shortTime(since)}`}`
  return `${place}${origin}${images.length === 0 ? '' : `, ${images.map(shortImage).join(', ')}`}`
}

function lockText({ name, renewed, seconds }: Holder, now: Date): string {
  if (renewed === undefined) return `held by ${name}`
  const age = now.getTime() - new Date(renewed).getTime()
  const silent = age > seconds * 1_000 ? `, silent for ${formatDuration(age)}: the next run takes it over` : `, renewed ${formatDuration(Math.max(0, age))} ago`
  return `held by ${name}${silent}`
}

function problemText({ message, hint }: Problem): string {
  return hint === undefined ? message : `${message}. ${hint}`
}
