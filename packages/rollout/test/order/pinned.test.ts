import { describe, expect, test } from 'vitest'
import { imagesToPin } from '../../src/order/index.ts'
import { image } from './order-request.ts'

const back = { number: 41, identity: 'old', images: [image('web', 'a'), image('proxy', 'f')] }

describe('imagesToPin', () => {
  test.each<readonly [string, readonly string[], readonly string[] | undefined, readonly string[]]>([
    ['names what only the bad release runs', [image('web', 'c'), image('proxy', 'f')], undefined, [image('web', 'c')]],
    ['names none where only configuration was bad', back.images, undefined, []],
    ['names what its Pods were seen to run', ['ghcr.io/acme/web:1'], [image('web', 'c'), image('web', 'c')], [image('web', 'c')]],
    ['names none without a digest', ['ghcr.io/acme/web:1'], undefined, []],
  ])('%s', (_name, images, running, expected) => {
    expect(imagesToPin({ number: 42, identity: 'bad', images, ...(running === undefined ? {} : { running }) }, back)).toEqual(expected)
  })

  test('names all where nothing was gone back to', () => {
    expect(imagesToPin(back, undefined)).toEqual(back.images)
  })
})
