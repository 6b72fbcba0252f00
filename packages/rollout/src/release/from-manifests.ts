import { Fault, type Problem } from '@fairlead/base'
import type { KubeObject, ManifestObject } from '@fairlead/kube'
import { companionNotes, companionsOf } from './companions.ts'
import { copyConfig } from './config-copies.ts'
import { mapAt, textsAt, without } from './fields.ts'
import { identified } from './identity.ts'
import { containerImages } from './images.ts'
import { manifestProblems } from './manifest-problems.ts'
import { tellApart, type AppManifests, type ManifestQuestion } from './manifest-set.ts'
import { usersAnnotations, usersLabels } from './marks.ts'
import type { AppRelease, PodTemplate, Release } from './release.ts'

/**
 * Reads a release out of manifests: the Deployments that `apps` names become what their slots run, with their Services, HPAs and configuration; everything else accompanies them.
 *
 * Throws one INPUT_INVALID with all that is wrong, each with its place. Does not know the cluster: claims and other people's objects are looked at elsewhere.
 */
export function releaseFromManifests(objects: readonly ManifestObject[], question: ManifestQuestion): Release {
  const set = tellApart(objects, question)
  const problems = manifestProblems(objects, set, question)
  if (problems.length > 0) throw refusal(problems)
  const autoscalers = set.apps.flatMap((each) => each.autoscalers.map((manifest) => ({ app: each.app, manifest })))
  const read = set.apps.flatMap((each) => (each.deployment === undefined ? [] : [readApp(each, each.deployment, { ...question, others: set.others })]))
  return {
    apps: read.map(({ release }) => identified(release, autoscalers)),
    companions: companionsOf(
      set,
      read.flatMap(({ copied }) => copied),
    ),
    autoscalers,
    notes: companionNotes(set, question.namespace),
  }
}

interface Surroundings extends ManifestQuestion {
  readonly others: readonly ManifestObject[]
}

interface ReadApp {
  readonly release: Omit<AppRelease, 'identity'>
  readonly copied: readonly ManifestObject[]
}

function readApp({ app, service }: AppManifests, manifest: ManifestObject, { namespace, others }: Surroundings): ReadApp {
  const { spec, metadata } = manifest.object as DeploymentManifest
  const { template, copies, copied, notes } = copyConfig(spec.template, { app, namespace, objects: others })
  const release = {
    app,
    images: containerImages(template),
    template,
    selector: textsAt(spec, 'selector', 'matchLabels'),
    deployment: without(spec, 'replicas', 'selector', 'template', 'paused'),
    labels: usersLabels(metadata.labels ?? {}),
    annotations: usersAnnotations(metadata.annotations ?? {}),
    replicas: spec.replicas ?? undefined,
    ...(service === undefined ? {} : { service: readService(service, namespace) }),
    config: copies,
    manifest,
    notes,
  }
  return { release, copied }
}

/** As far as the problems above have been looked for. */
interface DeploymentManifest extends KubeObject {
  readonly spec: Readonly<Record<string, unknown>> & { readonly template: PodTemplate; readonly replicas?: number | null }
}

function readService(manifest: ManifestObject, namespace: string): NonNullable<AppRelease['service']> {
  const { apiVersion, kind, metadata, spec } = manifest.object
  const labels = usersLabels(metadata.labels ?? {})
  const annotations = usersAnnotations(metadata.annotations ?? {})
  return {
    object: { apiVersion, kind, metadata: { name: metadata.name, namespace, labels, annotations }, spec: without(mapAt({ spec }, 'spec'), 'selector') },
    selector: textsAt(spec, 'selector'),
    manifest,
  }
}

function refusal(problems: readonly Problem[]): Fault {
  const [first] = problems
  const message = problems.length === 1 && first !== undefined ? first.message : `manifests: ${problems.length} problems, expected none`
  return new Fault('INPUT_INVALID', message, {
    problems,
    hint: (problems.length === 1 ? first?.hint : undefined) ?? 'Correct the manifests at the places named.',
    ...(first?.position === undefined ? {} : { position: first.position }),
  })
}
