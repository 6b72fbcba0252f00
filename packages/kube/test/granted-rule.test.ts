import { grants, type AccessQuestion, type GrantedRule } from '@fairlead/kube'
import { describe, expect, test } from 'vitest'

interface Case {
  readonly name: string
  readonly rule: Partial<GrantedRule>
  readonly asked: Partial<Omit<AccessQuestion, 'name'>> & { readonly name?: string | undefined }
  readonly is: boolean
}

const RULE: GrantedRule = { verbs: ['get'], groups: ['apps'], resources: ['deployments'], names: [] }
const ASKED: AccessQuestion = { verb: 'get', group: 'apps', resource: 'deployments', namespace: 'shop', name: 'web' }

describe('grants', () => {
  test.each<Case>([
    { name: 'what the rule says', rule: {}, asked: {}, is: true },
    { name: 'one of several verbs', rule: { verbs: ['list', 'get'] }, asked: {}, is: true },
    { name: 'no other verb', rule: {}, asked: { verb: 'patch' }, is: false },
    { name: 'every verb by a star', rule: { verbs: ['*'] }, asked: { verb: 'deletecollection' }, is: true },
    { name: 'no other group', rule: { groups: [''] }, asked: {}, is: false },
    { name: 'the core group by its empty name', rule: { groups: [''], resources: ['pods'] }, asked: { group: '', resource: 'pods' }, is: true },
    { name: 'every group by a star', rule: { groups: ['*'] }, asked: {}, is: true },
    { name: 'no other resource', rule: {}, asked: { resource: 'replicasets' }, is: false },
    { name: 'every resource by a star', rule: { resources: ['*'] }, asked: {}, is: true },
    { name: 'the subresources of every resource by a star', rule: { resources: ['*'] }, asked: { subresource: 'scale' }, is: true },
    { name: 'no subresource by its resource', rule: {}, asked: { subresource: 'scale' }, is: false },
    { name: 'a subresource by its own name', rule: { resources: ['deployments/scale'] }, asked: { subresource: 'scale' }, is: true },
    { name: 'no resource by its subresource', rule: { resources: ['deployments/scale'] }, asked: {}, is: false },
    { name: 'no other subresource', rule: { resources: ['deployments/status'] }, asked: { subresource: 'scale' }, is: false },
    { name: 'a subresource of every resource', rule: { resources: ['*/scale'] }, asked: { subresource: 'scale' }, is: true },
    { name: 'no other subresource of every resource', rule: { resources: ['*/scale'] }, asked: { subresource: 'status' }, is: false },
    { name: 'no resource by a subresource of every resource', rule: { resources: ['*/scale'] }, asked: {}, is: false },
    { name: 'nothing by a star behind a resource', rule: { resources: ['deployments/*'] }, asked: { subresource: 'scale' }, is: false },
    { name: 'nothing by half a word', rule: { verbs: ['g*'], resources: ['deploy*'] }, asked: {}, is: false },
    { name: 'a named object', rule: { names: ['db', 'web'] }, asked: {}, is: true },
    { name: 'no other name', rule: { names: ['db'] }, asked: {}, is: false },
    { name: 'no object by a star for a name', rule: { names: ['*'] }, asked: {}, is: false },
    { name: 'no list by names', rule: { verbs: ['list'], names: ['web'] }, asked: { verb: 'list', name: undefined }, is: false },
    { name: 'no create without a name by names', rule: { verbs: ['create'], names: ['web'] }, asked: { verb: 'create', name: undefined }, is: false },
    { name: 'a create with its name by names', rule: { verbs: ['create'], names: ['web'] }, asked: { verb: 'create' }, is: true },
    { name: 'nothing by an empty rule', rule: { verbs: [], groups: [], resources: [] }, asked: {}, is: false },
  ])('grants $name', ({ rule, asked, is }) => {
    const { name, ...question } = { ...ASKED, ...asked }
    expect(grants({ ...RULE, ...rule }, name === undefined ? question : { ...question, name })).toBe(is)
  })
})
