import { parseManifests } from '@fairlead/kube'
import { openRenderer } from '@fairlead/kube/client'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { testHost } from './test-host.ts'
import { faultOf } from './visiting.ts'

let workspace: string

beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'fairlead-kustomize-'))
  for (const folder of ['base', 'prod']) await mkdir(join(workspace, folder))
  await writeFile(join(workspace, 'base/deployment.yaml'), 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { replicas: 1 }\n')
  await writeFile(join(workspace, 'base/kustomization.yaml'), 'resources: [deployment.yaml]\n')
  await writeFile(join(workspace, 'prod/kustomization.yaml'), 'namespace: shop\nresources: [../base]\nreplicas: [{ name: web, count: 3 }]\n')
})

afterEach(() => rm(workspace, { recursive: true, force: true }))

describe('kubectl kustomize', () => {
  const render = (folder: string) => openRenderer(testHost({ workspace, environment: process.env })).render({ type: 'kustomize', folder })

  test('renders an overlay into manifests that we read', async () => {
    const objects = parseManifests([{ file: 'prod', text: await render('prod') }]).map(({ object }) => object)
    expect(objects).toEqual([{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' }, spec: { replicas: 3 } }])
  })

  test('says what is wrong in its own words', async () => {
    await writeFile(join(workspace, 'prod/kustomization.yaml'), 'resources: [gone.yaml]\n')
    expect(await faultOf(render('prod'))).toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringMatching(/^kustomize "prod": kubectl kustomize refused it, expected manifests, got exit 1: [^]*gone\.yaml/),
    })
  })
})
