import { Fault, type Workspace } from '@fairlead/base'
import type { Registry } from '@fairlead/image'
import { parseReference } from '@fairlead/image'
import { parseManifests, type KubeObject, type ManifestObject, type Renderer } from '@fairlead/kube'
import {
  imagesOf,
  pointedAt,
  releaseFromImage,
  releaseFromManifests,
  runsImages,
  withDigests,
  workloadOf,
  type AppPlace,
  type Release,
  type Standing,
} from '@fairlead/rollout'
import type { Inputs } from './inputs.ts'

const LIMIT = 5 * 1024 * 1024

interface Sources {
  readonly workspace: Workspace
  readonly renderer: Renderer
  readonly signal: AbortSignal
}

/** Reads or renders the manifests that are to be released; undefined for a release by image, which is made from what serves. */
export async function readManifests(
  inputs: Inputs,
  namespace: string,
  { workspace, renderer, signal }: Sources,
): Promise<readonly ManifestObject[] | undefined> {
  const { manifests, kustomize, chart, values, app: apps } = inputs
  if (manifests.length > 0) return some(parseManifests(await workspace.read(manifests, { extensions: ['.yaml', '.yml', '.json'], limit: LIMIT })), 'manifests')
  if (kustomize !== undefined) {
    const text = await renderer.render({ type: 'kustomize', folder: kustomize }, { signal })
    return some(parseManifests([{ file: `${kustomize} (rendered)`, text }]), 'kustomize')
  }
  if (chart === undefined) return undefined
  const text = await renderer.render({ type: 'chart', chart, release: apps[0] ?? 'app', namespace, values }, { signal })
  return some(parseManifests([{ file: `${chart} (rendered)`, text }]), 'chart').filter(({ object }) => !isHook(object))
}

/** A hook belongs to a tool that runs it at a moment of its own; applied with the rest it would run at the wrong one. */
export function isHook({ metadata }: KubeObject): boolean {
  return metadata.annotations?.['helm.sh/hook'] !== undefined
}

/** Makes the release: out of the manifests, or out of what serves now with another image. */
export function makeRelease(
  inputs: Inputs,
  places: readonly AppPlace[],
  {
    manifests,
    namespace,
    standings,
  }: { readonly manifests: readonly ManifestObject[] | undefined; readonly namespace: string; readonly standings: readonly Standing[] },
): Release {
  if (manifests !== undefined) {
    const services = new Map(places.map(({ app, service }) => [app, service]))
    return releaseFromManifests(manifests, { apps: places.map(({ app }) => app), services, namespace })
  }
  const apps = standings.map((standing) => {
    const image = inputs.image.find((line) => (line.app ?? inputs.app[0]) === standing.app)?.value ?? ''
    return releaseFromImage(servingDeployment(standing), { app: standing.app, image })
  })
  return { apps, companions: [], autoscalers: [], notes: [] }
}

/** Pins images to the digests their registries name. Where one cannot be read, the tag is run, and the Pods themselves must agree. */
export async function pinImages(release: Release, registry: Registry, { signal }: { readonly signal: AbortSignal }): Promise<Release> {
  const notes: string[] = []
  const digests = new Map<string, string>()
  await Promise.all(
    imagesOf(release).map(async (image) => {
      const answer = await registry.digestOf(parseReference(image), { signal })
      if (answer.type === 'found') digests.set(image, answer.digest)
      else notes.push(`image ${image} is run by its tag: ${answer.message}`)
    }),
  )
  const pinned = withDigests(release, digests)
  return { ...pinned, notes: [...pinned.notes, ...notes.toSorted()] }
}

/** A release by image that asks for what serves already is that very release: only its images could have differed. */
export function recognizeServing(release: Release, standings: readonly Standing[]): Release {
  const apps = release.apps.map((app) => {
    const standing = standings.find((each) => each.app === app.app)
    const backend = standing === undefined ? undefined : pointedAt(standing)
    const workload = standing === undefined || backend === undefined ? undefined : workloadOf(standing, backend)
    if (workload?.identity === undefined || !runsImages(workload.object, app.images)) return app
    return { ...app, identity: workload.identity }
  })
  return { ...release, apps }
}

/** The live template that another image goes into: of what serves, whoever made it. */
function servingDeployment(standing: Standing): NonNullable<Standing['service']> {
  const backend = pointedAt(standing) ?? standing.kept.journal.active?.backend
  const workload = backend === undefined ? standing.plain : workloadOf(standing, backend)
  if (workload !== undefined) return workload.object
  throw new Fault(
    'INPUT_INVALID',
    `input "image": expected ${standing.app} to serve already, so that only its image changes, got no Deployment ${standing.namespace}/${standing.app}`,
    {
      hint: 'Make the first release from `manifests`, `kustomize` or `chart`.',
    },
  )
}

function some(objects: readonly ManifestObject[], input: string): readonly ManifestObject[] {
  if (objects.length > 0) return objects
  throw new Fault('INPUT_INVALID', `input "${input}": expected at least one object, got none`)
}
