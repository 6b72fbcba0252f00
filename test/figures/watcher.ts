import { spawn } from 'node:child_process'

/** An object as a watch tells it. */
export interface Seen {
  readonly kind: string
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason?: string; readonly message?: string }[]
    readonly containerStatuses?: readonly {
      readonly restartCount: number
      readonly state?: Readonly<Record<string, { readonly reason?: string; readonly message?: string } | undefined>>
    }[]
  }
}

/** Tells whether an object shows what makes a cause certain, or begins the time after which it is. */
export type Sign = (object: Seen) => boolean

/**
 * Watches a namespace by kubectl, beside the bundle and without any of its code, for the first object that shows a sign.
 * Answers the moment it was seen, on this process's clock.
 */
export function firstSign(namespace: string, path: string, sign: Sign): { readonly seen: Promise<number>; stop(): void } {
  const child = spawn('kubectl', ['get', '--raw', `${path.replace('{}', namespace)}?watch=true`], { stdio: ['ignore', 'pipe', 'inherit'] })
  const seen = new Promise<number>((resolve) => {
    let rest = ''
    child.stdout.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) if (sign((JSON.parse(line) as { object: Seen }).object)) resolve(performance.now())
    })
  })
  return { seen, stop: () => void child.kill() }
}
