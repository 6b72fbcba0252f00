import { describe, expect, test } from 'vitest'
import { askedBy, sentenceOf } from '../src/index.ts'

const APPS = '/apis/apps/v1/namespaces/shop/deployments'
const apply = 'application/apply-patch+yaml'
const json = 'application/json-patch+json'

describe('askedBy', () => {
  test.each([
    ['GET', `${APPS}/web`, '', 'get deployments web', false],
    ['GET', `${APPS}?limit=500`, '', 'list deployments', false],
    ['GET', `${APPS}?watch=true`, '', 'watch deployments', false],
    ['PATCH', `${APPS}/web-green?fieldManager=fairlead`, apply, 'apply deployments web-green', true],
    ['PATCH', `${APPS}/web-green/scale`, json, 'patch deployments/scale web-green', true],
    ['PATCH', `${APPS}/web-green?dryRun=All`, apply, 'apply deployments web-green', false],
    ['PATCH', '/api/v1/namespaces/shop/services/web', json, 'patch services web', true],
    ['PUT', '/apis/coordination.k8s.io/v1/namespaces/shop/leases/fairlead.web', '', 'update leases fairlead.web', true],
    ['DELETE', `${APPS}/web`, '', 'delete deployments web', true],
    ['POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', '', 'ask selfsubjectaccessreviews', false],
    ['GET', '/api/v1/namespaces/shop/pods/web-1:8080/proxy/healthz', '', 'get pods/proxy web-1:8080', false],
    ['POST', '/api/v1/namespaces/shop/pods/web-1:8080/proxy/', '', 'ask pods/proxy web-1:8080', false],
    ['GET', '/api/v1/namespaces/shop', '', 'get namespaces shop', false],
    ['GET', '/version', '', 'list /version', false],
  ])('%s %s as %s', (method, target, contentType, sentence, write) => {
    const asked = askedBy({ method, target, contentType, body: '' })
    expect({ sentence: sentenceOf(asked), write: asked.write }).toEqual({ sentence, write })
  })

  test('takes the name of what is created from its body', () => {
    const body = JSON.stringify({ metadata: { name: 'fairlead.web' } })
    expect(askedBy({ method: 'POST', target: '/api/v1/namespaces/shop/configmaps', contentType: 'application/json', body })).toEqual({
      method: 'POST',
      target: '/api/v1/namespaces/shop/configmaps',
      verb: 'create',
      resource: 'configmaps',
      namespace: 'shop',
      name: 'fairlead.web',
      write: true,
      body,
    })
  })
})
