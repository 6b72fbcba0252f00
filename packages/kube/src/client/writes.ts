import { isFault, type HttpResponse } from '@fairlead/base'
import type { ApplyOptions, DeleteOptions, PatchOperation, ReadOptions, WriteOptions } from '../cluster.ts'
import type { KubeObject } from '../object.ts'
import type { ObjectReference } from '../resource.ts'
import { collectionPath, objectCall, type Call } from './call.ts'
import { parseObject } from './json.ts'
import { isStandsAgainst, judgeApply, judgeCreate, judgeDelete, judgePatch, judgeReplace, unknownOutcome, type Fate } from './lost-write.ts'
import { isPassing, isUnheard, type Rest } from './rest.ts'

type ReadObject = (reference: ObjectReference, options: ReadOptions) => Promise<KubeObject | undefined>

const METHODS = { create: 'POST', update: 'PUT', patch: 'PATCH' } as const

/** What to do about a write that may or may not have been applied. */
interface Lost {
  readonly fate: Fate
  readonly live: KubeObject | undefined
}

/**
 * Sends writes. One that the server cannot have heard is sent again; one whose reply was lost is read back first, and what is there decides (see lost-write.ts).
 * A dry run changes nothing, so it is simply sent again.
 */
export class Writes {
  readonly #rest: Rest
  readonly #read: ReadObject

  constructor(rest: Rest, read: ReadObject) {
    this.#rest = rest
    this.#read = read
  }

  async create(reference: ObjectReference, object: KubeObject, options: WriteOptions): Promise<KubeObject> {
    const call: Call = {
      ...this.#call('create', reference, options),
      path: collectionPath(reference.resource, reference.namespace),
      ...json(object),
    }
    return this.#write({ call, reference }, options, async () => {
      const live = await this.#read(reference, options)
      return { live, fate: judgeCreate(live, object) }
    })
  }

  async replace(reference: ObjectReference, object: KubeObject, options: WriteOptions): Promise<KubeObject> {
    const call = { ...this.#call('update', reference, options), ...json(object) }
    return this.#write({ call, reference }, options, async () => {
      const live = await this.#read(reference, options)
      return { live, fate: judgeReplace(live, object) }
    })
  }

  async apply(reference: ObjectReference, object: KubeObject, options: ApplyOptions): Promise<KubeObject> {
    const call = this.#applyCall(reference, object, options)
    return this.#write({ call, reference }, options, async () => {
      const live = await this.#read(reference, options)
      if (judgeApply(live, object, undefined) === 'repeat' || live === undefined) return { live, fate: 'repeat' }
      return { live, fate: judgeApply(live, object, await this.#rerun(reference, object, { ...options, live })) }
    })
  }

  async patch(reference: ObjectReference, operations: readonly PatchOperation[], options: WriteOptions): Promise<KubeObject> {
    const call = {
      ...this.#call('patch', reference, options),
      headers: { 'content-type': 'application/json-patch+json' },
      body: JSON.stringify(operations),
    }
    return this.#write({ call, reference }, options, async () => {
      const live = await this.#read(reference, options)
      return { live, fate: judgePatch(live, operations) }
    })
  }

  async delete(reference: ObjectReference, options: DeleteOptions): Promise<void> {
    const { preconditions, propagation = 'Background', gracePeriodSeconds, dryRun, signal } = options
    const body = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: propagation,
      ...(preconditions === undefined ? {} : { preconditions }),
      ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
      ...(dryRun === true ? { dryRun: ['All'] } : {}),
    }
    const call: Call = { ...objectCall('DELETE', 'delete', reference), ...json(body), signal }
    await this.#send(call, options, async () => {
      const live = await this.#read(reference, options)
      return { live, fate: judgeDelete(live, preconditions?.uid) }
    })
  }

  #call(verb: keyof typeof METHODS, reference: ObjectReference, { manager, dryRun, signal }: WriteOptions): Call {
    const query = { fieldManager: manager, fieldValidation: 'Strict', dryRun: dryRun === true ? 'All' : undefined }
    return { ...objectCall(METHODS[verb], verb, reference), query, signal }
  }

  #applyCall(reference: ObjectReference, object: KubeObject, options: ApplyOptions): Call {
    const call = this.#call('patch', reference, options)
    const query = { ...call.query, force: options.force === true ? 'true' : undefined }
    return { ...call, query, headers: { 'content-type': 'application/apply-patch+yaml' }, body: JSON.stringify(object) }
  }

  /** What the apply would make of the object as it is now; undefined when the server would refuse it. */
  async #rerun(reference: ObjectReference, object: KubeObject, { live, ...options }: ApplyOptions & { live: KubeObject }): Promise<KubeObject | undefined> {
    const { resourceVersion } = live.metadata
    const again = { ...object, metadata: { ...object.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) } }
    const call = this.#applyCall(reference, again, { ...options, dryRun: true })
    try {
      return parseObject(await this.#rest.read(call), call, reference)
    } catch (error) {
      if (isStandsAgainst(error)) return undefined
      throw error
    }
  }

  async #write({ call, reference }: { call: Call; reference: ObjectReference }, options: WriteOptions, readBack: ReadBack): Promise<KubeObject> {
    const answer = await this.#send(call, options, readBack)
    return 'live' in answer ? answer.live : parseObject(answer, call, reference)
  }

  async #send(call: Call, { dryRun, signal }: SendOptions, readBack: ReadBack): Promise<HttpResponse | Known> {
    const deadline = this.#rest.writeDeadline()
    let lost: unknown
    const attempt = async () => {
      const known = lost === undefined ? undefined : await settle(call, lost, readBack)
      if (known !== undefined) return known
      lost = undefined
      try {
        return await this.#rest.once(call, deadline)
      } catch (error) {
        if (call.method === 'DELETE' && isFault(error, 'NOT_FOUND')) return GONE
        if (dryRun !== true && isPassing(error) && !isUnheard(error)) lost = error
        throw error
      }
    }
    return this.#rest.retry(attempt, { deadline, signal, again: isPassing })
  }
}

type ReadBack = () => Promise<Lost>

interface SendOptions {
  readonly dryRun?: boolean
  readonly signal?: AbortSignal | undefined
}

/** A write that turned out to be done. */
interface Known {
  readonly live: KubeObject
}

/** Reads back what became of a lost write: its end, or undefined when it is to be sent again. */
async function settle(call: Call, lost: unknown, readBack: ReadBack): Promise<HttpResponse | Known | undefined> {
  const { fate, live } = await readBack()
  if (fate === 'changed') throw unknownOutcome(call.target, lost)
  if (fate === 'repeat') return undefined
  return live === undefined ? GONE : { live }
}

/** What deleting makes of an object, and of one that was not there. */
const GONE: HttpResponse = { status: 404, headers: {}, body: '' }

function json(value: unknown): Pick<Call, 'headers' | 'body'> & { body: string } {
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) }
}
