/** The rectangle the figures are drawn in, in the units of the drawing. */
export interface Area {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** Width of the drawing. */
export const WIDTH = 1200

/** From a moment to where it stands, linear. */
export type Scale = (value: number) => number

/** The scale that leads from one interval to another. */
export function scaleFrom([from, to]: readonly [number, number], [first, last]: readonly [number, number]): Scale {
  const span = to === from ? 1 : to - from
  return (value) => first + ((value - from) / span) * (last - first)
}

/** Round values from 0 to at least `most`, about `wanted` of them. */
export function ticks(most: number, wanted: number): readonly number[] {
  const rough = Math.max(most, 1) / wanted
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((value) => value >= rough) ?? power * 10
  return Array.from({ length: Math.ceil(Math.max(most, 1) / step) + 1 }, (_, index) => index * step)
}
