import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseAllDocuments, stringify } from 'yaml'
import type { Container, PodSpec, Version } from './versions.ts'

interface Manifest {
  readonly kind: string
  readonly spec?: { readonly template?: { readonly spec: PodSpec & { readonly containers: readonly Container[] } } }
}

/** The manifest of the sample application, in one of its versions: the file a user would copy, with the one change. */
export async function manifestOf({ spoil, beside = [] }: Version): Promise<string> {
  const text = await readFile(join(import.meta.dirname, '../examples/shop/manifest/shop.yaml'), 'utf8')
  const objects = parseAllDocuments(text).map((document) => document.toJS() as Manifest)
  const pod = objects.find(({ kind }) => kind === 'Deployment')?.spec?.template?.spec
  const [container] = pod?.containers ?? []
  if (pod === undefined || container === undefined) throw new Error('examples/shop/manifest/shop.yaml: expected a Deployment with a container')
  // A cluster of the user's own pulls from elsewhere.
  container.image = process.env['FAIRLEAD_SHOP_IMAGE'] ?? container.image
  spoil(container, pod)
  // What stands beside comes first: a quota holds only for Pods that are made after it.
  return [...beside, ...objects].map((object) => stringify(object)).join('---\n')
}
