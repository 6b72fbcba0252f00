import type { ObjectList, ReadOptions, Selection } from '../cluster.ts'
import { valueAt } from '../json-pointer.ts'
import type { KubeObject } from '../object.ts'
import { collectionPath, describeSelection, type Call } from './call.ts'
import { notExpected, parseItems, readJson } from './json.ts'
import type { Rest } from './rest.ts'
import { ServerFault } from './server-fault.ts'

const PAGE = '500'

/** Reads all pages of a selection. When the pages expire half-way (410) it begins again, once. Throws UNSUPPORTED for whatever is no list: only a list can be empty. */
export async function listAll(rest: Rest, selection: Selection, options: ReadOptions = {}): Promise<ObjectList> {
  try {
    return await readPages(rest, selection, options)
  } catch (error) {
    if (!(error instanceof ServerFault && error.status === 410)) throw error
    return readPages(rest, selection, options)
  }
}

/** The call that lists, or with more query watches, a selection. */
export function selectionCall(verb: 'list' | 'watch', selection: Selection, options: ReadOptions): Call {
  const { resource, namespace, labelSelector, fieldSelector } = selection
  return {
    method: 'GET',
    path: collectionPath(resource, namespace),
    query: { labelSelector, fieldSelector },
    target: describeSelection(selection),
    access: { verb, resource, namespace },
    signal: options.signal,
  }
}

async function readPages(rest: Rest, selection: Selection, options: ReadOptions): Promise<ObjectList> {
  const call = selectionCall('list', selection, options)
  const items: KubeObject[] = []
  for (let next = ''; ;) {
    const page = await readJson(rest, { ...call, query: { ...call.query, limit: PAGE, continue: next } })
    const resourceVersion = valueAt(page, ['metadata', 'resourceVersion'])
    if (typeof resourceVersion !== 'string') throw notExpected(call, 'a list', page)
    for (const item of parseItems(page, call, 'items')) items.push(dressed(item as KubeObject, selection))
    const more = valueAt(page, ['metadata', 'continue'])
    if (typeof more !== 'string' || more === '') return { items, resourceVersion }
    next = more
  }
}

/** Items of a list come without their kind, and with managedFields that few want: they are dropped page by page, before they add up. */
function dressed(item: KubeObject, { resource, managedFields }: Selection): KubeObject {
  const object = { ...item, apiVersion: resource.apiVersion, kind: resource.kind }
  return managedFields === true ? object : withoutManagedFields(object)
}

/** An object without its managedFields. */
export function withoutManagedFields(object: KubeObject): KubeObject {
  if (object.metadata.managedFields === undefined) return object
  const { managedFields: _dropped, ...metadata } = object.metadata
  return { ...object, metadata }
}
