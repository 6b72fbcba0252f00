/** What this suite is called in the world; every name elsewhere is derived from here. */
export const SUITE = {
  /** Its place on GitHub. */
  repository: 'OWNER/fairlead',
  version: '0.1.0',
  /** Begins every label and annotation that is ours. */
  labelPrefix: 'fairlead.dev/',
  /** The field manager of what we apply. */
  fieldManager: 'fairlead',
} as const
