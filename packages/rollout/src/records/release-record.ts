import type { SourceCommit } from '@fairlead/base'
import type { KubeObject, StringMap } from '@fairlead/kube'
import type { ConfigName, ReleaseNote } from '../journal/index.ts'
import type { AppRelease, Release } from '../release/index.ts'
import { contentDigest } from '../release/index.ts'
import { deploymentOf, type RecordedDeployment } from './recorded-deployment.ts'

/** A copy of configuration that a release reads; its hash is that of its content, where the release brought it. */
export interface RecordedConfig extends ConfigName {
  readonly hash?: string
}

/** What was rendered for a release. Never the data of a Secret. */
export interface RecordContent {
  readonly deployment: RecordedDeployment
  readonly config: readonly RecordedConfig[]
  /** What accompanies it; a Secret by its name only. */
  readonly companions: readonly KubeObject[]
  readonly autoscalers: readonly KubeObject[]
  /** The Service's manifest without its selector; undefined where the release brought none. */
  readonly service?: KubeObject
}

/** What a release came through before it was accepted. */
export interface RecordedVerdicts {
  readonly health?: { readonly status: string; readonly seconds: number }
  readonly checks: readonly { readonly check: string; readonly respondent: string; readonly passed: boolean }[]
  readonly proof?: { readonly service: string; readonly proven: boolean; readonly seconds: number }
}

/** All that is kept of a release that was accepted. */
export interface ReleaseRecord extends RecordContent {
  readonly format: 1
  readonly app: string
  readonly release: ReleaseNote
  /** The Service as it was when the release was accepted. */
  readonly route: { readonly service: string; readonly selector: StringMap; readonly ports: readonly unknown[] }
  readonly source?: SourceCommit
  /** Where people look at the run. */
  readonly run?: string
  readonly actor?: string
  readonly verdicts: RecordedVerdicts
  readonly times: { readonly accepted: string; readonly began?: string }
}

/** What of a release is written down for one of its apps. `config` are the copies its Pods read, as the note has them. */
export function contentOfRelease(app: AppRelease, release: Pick<Release, 'companions' | 'autoscalers'>, config: readonly ConfigName[]): RecordContent {
  return {
    deployment: deploymentOf(app),
    config: config.map((name) => hashed(name, app)),
    companions: release.companions.map(({ object }) => withoutSecrets(object)),
    autoscalers: release.autoscalers.filter((each) => each.app === app.app).map(({ manifest }) => manifest.object),
    ...(app.service === undefined ? {} : { service: app.service.object }),
  }
}

function hashed({ kind, name }: ConfigName, { config }: AppRelease): RecordedConfig {
  const copy = config.find((object) => object.kind === kind && object.metadata.name === name)
  return { kind, name, ...(copy === undefined ? {} : { hash: contentDigest(copy) }) }
}

/** Annotations go with the data: `last-applied-configuration` has it too. */
function withoutSecrets(object: KubeObject): KubeObject {
  if (object.kind !== 'Secret') return object
  const { name, namespace } = object.metadata
  return { apiVersion: object.apiVersion, kind: object.kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } }
}
