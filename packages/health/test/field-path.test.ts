import { describe, expect, test } from 'vitest'
import { fieldIn } from '../src/judging/field-path.ts'
import { fixture } from './fixture.ts'

const CASES = [
  { name: 'a container by its name', field: ['containers', 'web', 'image'], found: ['containers', 0, 'image'] },
  {
    name: 'a part that is not there by the last one that is',
    field: ['containers', 'web', 'resources', 'limits', 'cpu'],
    found: ['containers', 0, 'resources', 'limits'],
  },
  { name: 'a whole list', field: ['containers'], found: ['containers'] },
  { name: 'no container that somebody injected', field: ['containers', 'istio-proxy', 'image'], found: undefined },
  { name: 'nothing that the manifest leaves out', field: ['nodeSelector'], found: undefined },
  { name: 'nothing where a cause lies in no field', field: undefined, found: undefined },
]

describe('fieldIn', () => {
  test.each(CASES)('finds $name', ({ field, found }) => {
    expect(fieldIn(fixture('deployment-healthy').object, field)).toEqual(found === undefined ? undefined : ['spec', 'template', 'spec', ...found])
  })

  test('starts at the spec of a Pod itself, and finds nothing in kinds without one', () => {
    expect(fieldIn(fixture('pod-ready').object, ['containers', 'web'])).toEqual(['spec', 'containers', 0])
    expect(fieldIn(fixture('service-ready').object, ['containers', 'web'])).toBeUndefined()
    expect(fieldIn({ ...fixture('deployment-healthy').object, apiVersion: 'example.com/v1' }, ['containers', 'web'])).toBeUndefined()
  })
})
