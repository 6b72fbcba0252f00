import { Agent as HttpAgent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { askedBy } from './asked.ts'
import { Ledger, type Entry } from './ledger.ts'
import { OpenRule } from './open-rule.ts'
import { statusBody, type Match, type Numbered, type Rule, type Trouble } from './trouble.ts'
import { troubledStream } from './watch-stream.ts'

/** A proxy before an API server that knows what it carries and can come between. It is spoken to by plain HTTP. */
export interface FaultProxy {
  readonly url: string
  /** Every request in order; grows. */
  readonly requests: readonly Numbered[]
  /** Puts a rule in force for the next `times` requests that match (1 by default). Of several, the oldest that matches strikes. */
  when(match: Match, trouble: Trouble, times?: number): Rule
  /** Ends every rule; what is held is thrown away. */
  calm(): void
  close(): Promise<void>
}

/** Where the real server is; `authority` is the PEM of whoever signed its certificate. */
export interface Upstream {
  readonly server: string
  readonly authority?: string
}

/** Puts a proxy before an API server. Headers, the Authorization among them, pass through untouched. */
export async function startProxy({ server, authority }: Upstream): Promise<FaultProxy> {
  const ledger = new Ledger()
  const rules: OpenRule[] = []
  const carrier = carrierTo(server, authority)
  const proxy = createServer((incoming, answer) => void serve({ incoming, answer, carrier, ledger, rules }).catch(() => answer.destroy()))
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const calm = () => rules.splice(0).forEach((rule) => rule.remove())
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    requests: ledger.all,
    when: (match, trouble, times = 1) => {
      const rule = new OpenRule({ match, trouble, times })
      rules.push(rule)
      return rule
    },
    calm,
    close: () => {
      calm()
      carrier.close()
      return new Promise((resolve) => {
        proxy.close(() => resolve())
        proxy.closeAllConnections()
      })
    },
  }
}

/** One request on its way through. */
interface Exchange {
  readonly incoming: IncomingMessage
  readonly answer: ServerResponse
  readonly carrier: Carrier
  readonly ledger: Ledger
  readonly rules: readonly OpenRule[]
}

interface Carried extends Pick<Exchange, 'incoming' | 'answer' | 'carrier'> {
  readonly body: Buffer
  readonly asked: Entry
}

async function serve({ incoming, answer, carrier, ledger, rules }: Exchange): Promise<void> {
  const body = await buffer(incoming)
  const { method = 'GET', url: target = '/' } = incoming
  const asked = ledger.add(askedBy({ method, target, contentType: incoming.headers['content-type'] ?? '', body: body.toString() }))
  const rule = rules.find((rule) => rule.strike(asked))
  const carried = { incoming, answer, carrier, body, asked }
  return rule === undefined ? pass(carried) : meddle(rule, carried)
}

async function meddle(rule: OpenRule, carried: Carried): Promise<void> {
  const { trouble } = rule
  const { answer, asked } = carried
  switch (trouble.kind) {
    case 'hold':
    case 'lose':
    case 'silence':
      return interrupt(rule, { ...carried, trouble })
    case 'answer': {
      rule.tell(asked)
      answer.writeHead(trouble.status, { 'content-type': 'application/json', ...trouble.headers })
      return void answer.end(trouble.body ?? statusBody(trouble.status))
    }
    case 'delay': {
      rule.tell(asked)
      await sleep(trouble.milliseconds)
      return pass(carried)
    }
    case 'stream': {
      const response = await send(carried)
      rule.tell(asked)
      answer.writeHead(response.statusCode ?? 502, response.headers)
      const stream = troubledStream(trouble, () => answer.destroy())
      return void response.pipe(stream).pipe(answer)
    }
  }
}

interface Interrupted extends Carried {
  readonly trouble: Extract<Trouble, { readonly kind: 'hold' | 'lose' | 'silence' }>
}

/** Stops on one side of the server. A reply is read whole first, so that what was asked has been done. */
async function interrupt(rule: OpenRule, { trouble, ...carried }: Interrupted): Promise<void> {
  const { answer, asked } = carried
  const response = trouble.side === 'before' ? undefined : await send(carried)
  const reply = response === undefined ? undefined : await buffer(response)
  rule.tell(asked)
  if (trouble.kind === 'lose') return void answer.destroy()
  if (trouble.kind === 'silence') return
  if (!(await rule.released)) return void answer.destroy()
  // Whoever was killed meanwhile has asked for nothing any more.
  if (answer.destroyed) return
  if (response === undefined) return pass(carried)
  answer.writeHead(response.statusCode ?? 502, response.headers)
  answer.end(reply)
}

async function pass(carried: Carried): Promise<void> {
  const { answer } = carried
  const response = await send(carried)
  answer.writeHead(response.statusCode ?? 502, response.headers)
  answer.flushHeaders()
  // A server that dies within an answer must not look as if it had finished it.
  response.on('error', () => answer.destroy())
  response.pipe(answer)
}

function send({ incoming, answer, carrier, body, asked }: Carried): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = carrier.send(incoming)
    outgoing.on('response', (response) => {
      if (response.statusCode !== undefined) asked.status = response.statusCode
      resolve(response)
    })
    outgoing.on('error', reject)
    answer.on('close', () => outgoing.destroy())
    outgoing.end(body)
  })
}

interface Carrier {
  send(incoming: IncomingMessage): ReturnType<typeof httpRequest>
  close(): void
}

function carrierTo(server: string, authority: string | undefined): Carrier {
  const target = new URL(server)
  const plain = target.protocol === 'http:'
  const agent = plain ? new HttpAgent({ keepAlive: true }) : new HttpsAgent({ keepAlive: true, ...(authority === undefined ? {} : { ca: authority }) })
  const send = plain ? httpRequest : httpsRequest
  return {
    send: ({ url = '/', method = 'GET', headers }) => {
      const { 'transfer-encoding': _, connection: __, ...kept } = headers
      return send(new URL(url, target), { agent, method, headers: { ...kept, host: target.host } })
    },
    close: () => agent.destroy(),
  }
}
