import type { ImageReference } from './reference.ts'

/** What a registry says about one reference. Cannot-see is never is-missing. */
export type DigestAnswer =
  | {
      readonly type: 'found'
      /** Of what the reference names: of the whole index where the image has several platforms. */
      readonly digest: string
      readonly mediaType?: string
    }
  | {
      /** The registry shows us this repository, and it holds no such tag or digest. */
      readonly type: 'missing'
      readonly message: string
    }
  | {
      /** We cannot see: no answer, a certificate nobody trusts, a refusal, a 5xx, or a 404 of a repository that the registry does not show us, as many answer for a private one. */
      readonly type: 'unreadable'
      readonly message: string
      /** One imperative sentence: what the reader can do. */
      readonly hint?: string
    }

/** The registries of this world, read-only. */
export interface Registry {
  /**
   * Answers the digest that a reference stands for now. A digest in it wins over its tag; with neither, `latest` is meant.
   * Ends within seconds and throws only when the signal is aborted: whatever else goes wrong is an answer.
   */
  digestOf(reference: ImageReference, options?: { readonly signal?: AbortSignal | undefined }): Promise<DigestAnswer>
}
