import type { KubeObject, ManifestObject, StringMap } from '@fairlead/kube'

/** A Pod template as the API has it, with the parts a release reads. */
export interface PodTemplate {
  readonly metadata?: { readonly labels?: StringMap; readonly annotations?: StringMap }
  readonly spec: PodSpec
}

export interface PodSpec {
  readonly containers: readonly Container[]
  readonly initContainers?: readonly Container[]
  readonly volumes?: readonly Readonly<Record<string, unknown>>[]
  readonly imagePullSecrets?: readonly { readonly name?: string }[]
}

export interface Container {
  readonly name: string
  readonly image?: string
  readonly env?: readonly Readonly<Record<string, unknown>>[]
  readonly envFrom?: readonly Readonly<Record<string, unknown>>[]
}

/** What one app is to become: everything of its Deployment that does not depend on the slot it goes to. */
export interface AppRelease {
  readonly app: string
  /** The digest (hex) of what was rendered: template, configuration, Deployment. Equal releases have equal ones, whoever made them and when. */
  readonly identity: string
  /** The images of its containers, as the template names them. */
  readonly images: readonly string[]
  readonly template: PodTemplate
  /** The Deployment's own selector labels as the user wrote them, without slot. */
  readonly selector: StringMap
  /** Of `spec`, everything but `replicas`, `selector` and `template`. */
  readonly deployment: Readonly<Record<string, unknown>>
  readonly labels: StringMap
  readonly annotations: StringMap
  /** As the manifest says; undefined where it leaves that open. */
  readonly replicas: number | undefined
  /** The Service's manifest without its selector, and the selector beside it; undefined when the release brings none. */
  readonly service?: { readonly object: KubeObject; readonly selector: StringMap; readonly manifest: ManifestObject }
  /** Copies of the ConfigMaps and Secrets that the template references, under names that carry the hash of their content. */
  readonly config: readonly KubeObject[]
  /** Its Deployment's place in the user's files. */
  readonly manifest?: ManifestObject
  /** What the user should know about this app's release, such as a Secret that is not copied or a field of the live template that was left out. */
  readonly notes: readonly string[]
}

/** Everything one run releases together. */
export interface Release {
  /** In moving order. */
  readonly apps: readonly AppRelease[]
  /** Objects that accompany them, in the order they are applied. HPAs are not among them. */
  readonly companions: readonly ManifestObject[]
  /** HPAs that scale one of the apps, by app. */
  readonly autoscalers: readonly { readonly app: string; readonly manifest: ManifestObject }[]
  /** What the user should know about the companions and the whole; what concerns one app stands with the app. */
  readonly notes: readonly string[]
}
