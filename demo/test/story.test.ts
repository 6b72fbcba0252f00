import { describe, expect, test } from 'vitest'
import { manifestOf } from '../manifest.ts'
import { STORY } from '../story.ts'

describe('the story', () => {
  test('gives every release a name of its own in its answers', async () => {
    const versions = await Promise.all(
      STORY.flatMap(({ change, name, title }) => (change === undefined ? [] : [manifestOf({ name, story: title, spoil: change })])),
    )
    expect(versions.map((manifest) => /name: VERSION\n\s+value: "(\d)"/.exec(manifest)?.[1])).toEqual(['1', '2', '3', '4', '5'])
  })

  test('begins each chapter with what the last accepted one has left', () => {
    let serves: string | undefined
    for (const { before, ending, version } of STORY) {
      expect(before).toBe(serves)
      if (ending !== 'refused') serves = version
    }
    expect(serves).toBe('2')
  })

  test('keeps warm what it goes back to', () => {
    expect(STORY.at(-2)).toMatchObject({ inputs: { standby: 'warm' }, before: STORY.at(-1)?.version })
  })
})
