import type { Check } from './check.ts'

/** One Pod, Service or URL that a check is asked of. */
export interface Respondent {
  readonly check: Check
  /** How the report names it: `Pod "shop/web-6d5f-x2x"`. */
  readonly name: string
  readonly where:
    | { readonly type: 'proxy'; readonly target: 'pods' | 'services'; readonly namespace: string; readonly name: string }
    | { readonly type: 'url'; readonly base: URL }
}
