import { applyPatch, type KubeObject } from '@fairlead/kube'
import { describe, expect, test } from 'vitest'
import { LABELS, movePatch, readPointer, selectorOf, slotBackend } from '../../src/index.ts'
import { BASE, BLUE, GREEN, service, WEB } from './scene.ts'

const MOVE = '/metadata/labels/fairlead.dev~1move'

describe('readPointer', () => {
  test.each<{ readonly name: string; readonly from: KubeObject; readonly expected: object }>([
    { name: 'a slot', from: service({}, { labels: { [LABELS.move]: '4-5' } }), expected: { selector: BLUE, backend: slotBackend('blue'), move: '4-5' } },
    {
      name: 'a ReplicaSet that was adopted',
      from: service({ selector: { ...BASE, 'pod-template-hash': '5d4f8' } }),
      expected: { selector: { ...BASE, 'pod-template-hash': '5d4f8' }, backend: { type: 'adopted', hash: '5d4f8' }, move: undefined },
    },
    { name: 'a selector that is open', from: service({ selector: BASE }), expected: { selector: BASE, backend: undefined, move: undefined } },
  ])('reads $name', ({ from, expected }) => {
    expect(readPointer(from)).toEqual({ reference: WEB, namespace: 'shop', name: 'web', base: BASE, ...expected })
  })

  test('reads a Service without a selector as one that leads nowhere', () => {
    expect(readPointer(service({ selector: undefined }))).toMatchObject({ selector: {}, base: {}, backend: undefined })
  })
})

describe('selectorOf', () => {
  test('narrows the base to the backend', () => {
    expect(selectorOf(BASE, slotBackend('green'))).toEqual(GREEN)
  })

  test('leaves the base open without one', () => {
    expect(selectorOf(BASE, undefined)).toEqual(BASE)
  })
})

describe('movePatch', () => {
  const to = { selector: GREEN, move: '4-6' }

  test('tests selector and move label, then sets both', () => {
    expect(movePatch(service({}, { labels: { tier: 'front', [LABELS.move]: '4-5' } }), to)).toEqual([
      { op: 'test', path: '/spec/selector', value: BLUE },
      { op: 'test', path: MOVE, value: '4-5' },
      { op: 'add', path: '/spec/selector', value: GREEN },
      { op: 'add', path: MOVE, value: '4-6' },
    ])
  })

  test('tests that there is no move label yet', () => {
    expect(movePatch(service({}, { labels: { tier: 'front' } }), to)[1]).toEqual({ op: 'test', path: MOVE, value: null })
  })

  test('makes the labels where there are none', () => {
    const patch = movePatch(service(), to)
    expect(patch.filter(({ path }) => path.startsWith('/metadata'))).toEqual([
      { op: 'test', path: '/metadata/labels', value: null },
      { op: 'add', path: '/metadata/labels', value: { [LABELS.move]: '4-6' } },
    ])
  })

  test('tests that there is no selector where there was none', () => {
    expect(movePatch(service({ selector: undefined }), to)[0]).toEqual({ op: 'test', path: '/spec/selector', value: null })
  })

  test.each([
    { name: 'labels', before: service({}, { labels: { tier: 'front' } }) },
    { name: 'no labels', before: service() },
    { name: 'no selector', before: service({ selector: undefined }) },
  ])('moves a Service with $name', ({ before }) => {
    const result = applyPatch(before, movePatch(before, to))
    expect(result.ok && readPointer(result.value as KubeObject)).toMatchObject({ selector: GREEN, move: '4-6' })
  })

  test.each([
    { name: 'the selector has one label more', live: service({ selector: { ...BLUE, extra: 'x' } }) },
    { name: 'the move label is another', live: service({}, { labels: { [LABELS.move]: '5-0' } }) },
    { name: 'the move label is gone', live: service({}, { labels: { tier: 'front' } }) },
  ])('does not apply when $name', ({ live }) => {
    expect(applyPatch(live, movePatch(service({}, { labels: { [LABELS.move]: '4-5' } }), to))).toMatchObject({ ok: false })
  })
})
