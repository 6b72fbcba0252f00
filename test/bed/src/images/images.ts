import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { containerdSocket } from '../components/containerd.ts'
import { Failure } from '../failure.ts'
import { bedPaths, pauseImage, type Layout } from '../machine/layout.ts'
import { archive, packImage, type Blob, type Image } from './oci.ts'
import { run } from '../machine/program.ts'

/**
 * An image to make available in the cluster. Its reference works on both kinds of cluster: the bed pulls
 * `127.0.0.1:5000/...` from its own registry; in kind the image is loaded under that very name, so nothing is pulled.
 * A tag that was never loaded is "not found" on the bed and a refused connection in kind.
 */
export interface TestImage {
  /** For instance `127.0.0.1:5000/shop:2`. */
  readonly reference: string
  /** The path of a static program; the sample application's by default. */
  readonly program?: string
  /** Environment baked into the image. */
  readonly environment?: Readonly<Record<string, string>>
}

/** Versions of the sample application every cluster starts with. */
export const shopVersions: readonly string[] = ['1', '2', '3']

/** The sample application's image of a version: the same program, told apart by the VERSION baked in. */
export function shopImage(version: string): TestImage {
  return { reference: `127.0.0.1:5000/shop:${version}`, environment: { VERSION: version } }
}

/** Packs a test image; `shop` is the path of the sample application's program. */
export async function packTestImage(image: TestImage, shop: string): Promise<Image> {
  const program = await readFile(image.program ?? shop)
  return packImage({ reference: image.reference, program, environment: image.environment ?? {} })
}

/** Imports the sandbox image into the bed's containerd, which has no registry to fetch it from before it has one. */
export async function importPause(layout: Layout): Promise<void> {
  const file = join(bedPaths(layout.folder).work, 'pause.tar')
  await writeFile(file, archive(packImage({ reference: pauseImage, program: await readFile(layout.programs.pause) })))
  await run('ctr', ['--address', containerdSocket, '--namespace', 'k8s.io', 'images', 'import', file])
  await rm(file)
}

/** Pushes an image to the registry its reference names, by plain HTTP, and gives the reference by digest. */
export async function push(image: Image): Promise<string> {
  const { host, repository, tag } = splitReference(image.reference)
  const base = `http://${host}/v2/${repository}`
  for (const blob of image.blobs) await pushBlob(base, blob)
  await send({ method: 'PUT', url: `${base}/manifests/${tag}`, blob: image.manifest }, 201)
  return `${host}/${repository}@${image.manifest.digest}`
}

/** The parts of `host/repository:tag`; a reference that names no host or no tag is a `Failure`. */
export function splitReference(reference: string): { readonly host: string; readonly repository: string; readonly tag: string } {
  const [, host, repository, tag] = /^([^/]+)\/([^:@]+):([^:@/]+)$/.exec(reference) ?? []
  if (host !== undefined && repository !== undefined && tag !== undefined) return { host, repository, tag }
  throw new Failure(`image "${reference}": expected host/repository:tag, such as 127.0.0.1:5000/shop:1`)
}

async function pushBlob(base: string, blob: Blob): Promise<void> {
  if ((await fetch(`${base}/blobs/${blob.digest}`, { method: 'HEAD' })).ok) return
  const started = await send({ method: 'POST', url: `${base}/blobs/uploads/` }, 202)
  const upload = new URL(started.headers.get('location') ?? '', base)
  upload.searchParams.set('digest', blob.digest)
  await send({ method: 'PUT', url: upload.href, blob: { ...blob, mediaType: 'application/octet-stream' } }, 201)
}

interface Sending {
  readonly method: string
  readonly url: string
  readonly blob?: Blob
}

async function send({ method, url, blob }: Sending, expected: number): Promise<Response> {
  const body = blob === undefined ? {} : { body: new Uint8Array(blob.bytes), headers: { 'content-type': blob.mediaType } }
  const response = await fetch(url, { method, ...body })
  const text = await response.text()
  if (response.status !== expected) throw new Failure(`${method} ${url}: expected ${expected}, got ${response.status} ${text}`)
  return response
}
