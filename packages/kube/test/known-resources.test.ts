import { accessRulesYaml, groupOf, knownResource, knownResourceNamed } from '@fairlead/kube'
import { describe, expect, test } from 'vitest'

describe('knownResourceNamed', () => {
  test.each([
    ['deploy', 'apps/v1', 'Deployment'],
    ['Deployments', 'apps/v1', 'Deployment'],
    ['deployment', 'apps/v1', 'Deployment'],
    ['deployments.apps', 'apps/v1', 'Deployment'],
    ['deploy.v1.apps', 'apps/v1', 'Deployment'],
    ['rs', 'apps/v1', 'ReplicaSet'],
    ['sts', 'apps/v1', 'StatefulSet'],
    ['ds', 'apps/v1', 'DaemonSet'],
    ['po', 'v1', 'Pod'],
    ['svc', 'v1', 'Service'],
    ['pvc', 'v1', 'PersistentVolumeClaim'],
    ['cm', 'v1', 'ConfigMap'],
    ['ns', 'v1', 'Namespace'],
    ['hpa', 'autoscaling/v2', 'HorizontalPodAutoscaler'],
    ['pdb', 'policy/v1', 'PodDisruptionBudget'],
    ['ing', 'networking.k8s.io/v1', 'Ingress'],
    ['netpol', 'networking.k8s.io/v1', 'NetworkPolicy'],
    ['ev', 'v1', 'Event'],
    ['crd', 'apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
  ])('knows %s as %s %s', (name, apiVersion, kind) => {
    expect(knownResourceNamed(name)).toMatchObject({ apiVersion, kind })
  })

  test('does not know what is not Kubernetes own', () => {
    for (const name of ['certificates.cert-manager.io', 'deployments.extensions', '', 'constructor']) expect(knownResourceNamed(name)).toBeUndefined()
  })
})

describe('knownResource', () => {
  test('knows a kind by its very version', () => {
    expect(knownResource({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole' })).toEqual({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      plural: 'clusterroles',
      namespaced: false,
    })
    expect(knownResource({ apiVersion: 'apps/v1beta1', kind: 'Deployment' })).toBeUndefined()
  })
})

describe('groupOf', () => {
  test('is empty for the core group', () => {
    expect(['v1', 'apps/v1', 'a.b/v2'].map(groupOf)).toEqual(['', 'apps', 'a.b'])
  })
})

describe('accessRulesYaml', () => {
  test('writes rules ready to be pasted', () => {
    expect(
      accessRulesYaml([
        { group: '', resource: 'pods/log', verbs: ['get'] },
        { group: 'apps', resource: 'deployments', verbs: ['get', 'patch'], names: ['web'] },
      ]),
    ).toBe(
      '- apiGroups: [""]\n  resources: ["pods/log"]\n  verbs: ["get"]\n- apiGroups: ["apps"]\n  resources: ["deployments"]\n  verbs: ["get", "patch"]\n  resourceNames: ["web"]',
    )
  })
})
