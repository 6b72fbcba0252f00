import type { KubeObject } from '@fairlead/kube'

/** The images of a Deployment's containers, as its template names them; none where there is no Deployment. */
export function imagesOf(deployment: KubeObject | undefined): readonly string[] {
  const { template } = (deployment?.spec ?? {}) as { readonly template?: { readonly spec?: { readonly containers?: readonly { readonly image?: string }[] } } }
  return (template?.spec?.containers ?? []).flatMap(({ image }) => (image === undefined ? [] : [image]))
}

/** An image with as much of its digest as people compare: `ghcr.io/acme/web:2@sha256:9f2c1b3a5d07`. */
export function shortImage(image: string): string {
  return image.replace(/(@sha256:[0-9a-f]{12})[0-9a-f]+$/, '$1')
}

/** A commit as people name it: `acme/shop@1a2b3c4`. */
export function shortCommit(source: { readonly repository: string; readonly commit: string } | undefined): string {
  return source === undefined ? '' : `${source.repository}@${source.commit.slice(0, 7)}`
}

/** A time of ours without its fractions. */
export function shortTime(iso: string): string {
  return iso.replace('T', ' ').replace(/\.\d+Z$/, 'Z')
}
