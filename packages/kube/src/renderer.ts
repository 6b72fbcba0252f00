import type { ReadOptions } from './cluster.ts'

/** A folder of Kustomize's. */
export interface KustomizeRequest {
  readonly type: 'kustomize'
  readonly folder: string
}

/** A chart with the names and values of one release. */
export interface ChartRequest {
  readonly type: 'chart'
  /** A folder or an archive in the workspace, `oci://...` or `repository/name`. */
  readonly chart: string
  readonly release: string
  readonly namespace: string
  /** Files of values; a later one wins. */
  readonly values: readonly string[]
}

/** What to turn into manifests. */
export type RenderRequest = KustomizeRequest | ChartRequest

/** Turns what people keep in their repository into manifests, with the tool they use themselves. */
export interface Renderer {
  /**
   * Answers the manifests as YAML, exactly as the tool wrote them; a chart's CRDs, hooks and tests are among them. Contacts no cluster.
   * Throws INPUT_INVALID where a path leaves the workspace or the tool refuses, with its own last words; ENVIRONMENT_MISSING without the tool; UNAVAILABLE where it does not end.
   */
  render(request: RenderRequest, options?: ReadOptions): Promise<string>
}
