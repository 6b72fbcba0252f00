import type { KubeObject } from './object.ts'
import type { ObjectReference, Resource } from './resource.ts'

/** Which objects of a kind to read; without a namespace those of all. */
export interface Selection {
  readonly resource: Resource
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  /** Keeps `metadata.managedFields`, half of what an object weighs; lists and watches leave them out otherwise. `get` always has them. */
  readonly managedFields?: boolean
}

/** A selection as it was at one point in history. */
export interface ObjectList {
  readonly items: readonly KubeObject[]
  /** The point in the cluster's history at which the list is true; a watch continues from it. */
  readonly resourceVersion: string
}

/** What a watch tells. A bookmark carries no object, only how far the stream has come. */
export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: KubeObject }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string }

/** What every request takes. */
export interface ReadOptions {
  /** Ends the request at once, a pause between two attempts too; its reason is thrown as it is. */
  readonly signal?: AbortSignal | undefined
}

/** What every write takes. */
export interface WriteOptions extends ReadOptions {
  /** The field manager the write is recorded under. */
  readonly manager: string
  readonly dryRun?: boolean
}

/** What a server-side apply takes. */
export interface ApplyOptions extends WriteOptions {
  /** Takes fields from their managers. Only ever set where an input of the user's asks for it. */
  readonly force?: boolean
}

/** Which object may be deleted, and what becomes of what it owns. */
export interface DeleteOptions extends ReadOptions {
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan'
  readonly gracePeriodSeconds?: number
  readonly dryRun?: boolean
}

/** One operation of an RFC 6902 patch. */
export type PatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }

/** Which log to read, from its end. */
export interface LogRequest {
  readonly namespace: string
  readonly pod: string
  readonly container: string
  /** The container's previous life, which is where a crash is explained. */
  readonly previous?: boolean
  readonly tailLines?: number
}

/** An HTTP request to a Pod or Service, carried by the API server. */
export interface ProxyRequest {
  readonly namespace: string
  readonly target: 'pods' | 'services'
  readonly name: string
  readonly scheme?: 'http' | 'https'
  readonly port?: number | string
  readonly path: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Milliseconds for the whole answer. */
  readonly timeout: number
  /** Bytes of answer that are accepted, 1 MiB unless told; a longer one is a Fault (UNAVAILABLE), since half a body would be taken for the whole. */
  readonly limit?: number
}

/** What the Pod or Service answered. */
export interface ProxyResponse {
  readonly status: number
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** What somebody may or may not do. The group is empty for the core group. */
export interface AccessQuestion {
  readonly verb: string
  readonly group: string
  readonly resource: string
  readonly subresource?: string
  readonly namespace?: string
  readonly name?: string
}

/** A rule that this account has been granted, as RBAC has it: `*` stands for all of them, in resources with a subresource behind it too. */
export interface GrantedRule {
  readonly verbs: readonly string[]
  readonly groups: readonly string[]
  readonly resources: readonly string[]
  /** The objects it is limited to; all where there are none. */
  readonly names: readonly string[]
}

/** What this account may do in a namespace. */
export interface GrantedRules {
  readonly rules: readonly GrantedRule[]
  /** The server cannot list them all: what no rule grants may be allowed nevertheless, and `may` has to be asked. */
  readonly incomplete: boolean
}

/**
 * A cluster as an operation sees it: the few verbs we use, on any kind.
 *
 * Every read answers undefined or an empty list only where the API server said so; whatever keeps it from saying is a Fault:
 * ACCESS_DENIED (401, 403; the hint is the RBAC rule), CONFLICT (409), INPUT_INVALID (400, 422: the server's own words), UNSUPPORTED (kind not served),
 * UNAVAILABLE (no answer, 429 or 5xx to the end of the retries). A 403 that no Role mends (quota, Pod security, a webhook) is INPUT_INVALID. A namespaced kind without a namespace means that of
 * the connection, except in a selection, where it means all. Reads and writes are retried inside the adapter's own deadline; a write whose answer was lost is read back
 * before it is repeated.
 */
export interface Cluster {
  /** The server's URL, for messages. */
  readonly server: string
  /** The namespace of the context, or `default`. */
  readonly namespace: string

  /** Finds how a kind is served. Kinds of Kubernetes itself are known without asking; for others discovery is read once per group version. */
  resourceOf(kind: { readonly apiVersion: string; readonly kind: string }, options?: ReadOptions): Promise<Resource>
  /**
   * Finds a kind by what people write: `deploy`, `deployments`, `Deployment`, `certificates.cert-manager.io`. A name without its group is looked for in all of them;
   * one that does not answer is in the way only when none of the others has the name.
   */
  resourceNamed(name: string, options?: ReadOptions): Promise<Resource>

  /** Reads one object; undefined is a 404 and nothing else. */
  get(reference: ObjectReference, options?: ReadOptions): Promise<KubeObject | undefined>
  /** Reads all pages of a selection. */
  list(selection: Selection, options?: ReadOptions): Promise<ObjectList>
  /**
   * Opens one watch stream from a point in history. Ends when the server closes it, which is ordinary. Throws `WatchExpired` when that point is gone (410, as a status
   * or as an event), UNAVAILABLE when the connection broke, never NOT_FOUND. It does not reconnect by itself: `follow` does.
   */
  watch(selection: Selection, options: ReadOptions & { readonly resourceVersion: string }): AsyncIterable<WatchEvent>

  create(object: KubeObject, options: WriteOptions): Promise<KubeObject>
  /** Replaces an object (PUT); its `metadata.resourceVersion` guards the write. A Lease that does not exist is created. */
  replace(object: KubeObject, options: WriteOptions): Promise<KubeObject>
  /** Server-side apply. */
  apply(object: KubeObject, options: ApplyOptions): Promise<KubeObject>
  /** JSON Patch. A failed `test` is INPUT_INVALID (422) as any other refusal: whoever sent it reads the object and classifies. */
  patch(reference: ObjectReference, operations: readonly PatchOperation[], options: WriteOptions): Promise<KubeObject>
  /** Deletes; an object that is already gone is no error. */
  delete(reference: ObjectReference, options?: DeleteOptions): Promise<void>

  /** The last lines a container wrote; undefined when that container has none (yet, or any more). */
  logs(request: LogRequest, options?: ReadOptions): Promise<string | undefined>
  /**
   * Carries a request to a Pod or Service. Its status is an answer like any other, and so is the API server's 502 to 504 because nobody listens there; a Fault means that it would not carry it
   * (no such Pod, no permission) or gave no answer. Sent once: only what the API server cannot have heard is repeated.
   */
  proxy(request: ProxyRequest, options?: ReadOptions): Promise<ProxyResponse>
  /** Asks whether this account may do something (SelfSubjectAccessReview). */
  may(question: AccessQuestion, options?: ReadOptions): Promise<boolean>
  /** Lists what this account may do to the namespaced kinds of a namespace (SelfSubjectRulesReview, one request). It says nothing that holds for kinds without a namespace. */
  rules(namespace: string, options?: ReadOptions): Promise<GrantedRules>

  close(): void
}
