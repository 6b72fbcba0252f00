import { parseAllDocuments, stringify } from 'yaml'
import { manifestOf } from '../../demo/manifest.ts'

interface Template {
  readonly metadata: { readonly name: string }
  readonly spec: { readonly template: { readonly metadata: object } }
}

/**
 * One hundred Deployments of the sample application, labelled `suite: hundred`.
 * Every other has one Pod, the rest none: a node holds 110, and other tests leave theirs behind for a moment.
 */
export async function hundred(): Promise<string> {
  const [config, deployment] = parseAllDocuments(await manifestOf({ name: 'shop', story: '', spoil: () => undefined })).map(
    (document) => document.toJSON() as Template,
  )
  if (config === undefined || deployment === undefined) throw new Error('the manifest of the sample application: expected a ConfigMap and a Deployment first')
  const copies = Array.from({ length: 100 }, (_, index) => copyOf(deployment, `shop-${index}`, index % 2))
  return [config, ...copies].map((object) => stringify(object)).join('---\n')
}

function copyOf({ spec, ...rest }: Template, name: string, replicas: number): object {
  const labels = { app: name, suite: 'hundred' }
  return {
    ...rest,
    metadata: { name, labels },
    spec: { ...spec, replicas, selector: { matchLabels: labels }, template: { ...spec.template, metadata: { labels } } },
  }
}
