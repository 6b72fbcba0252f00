/** Finds the known word that somebody may have meant; undefined where none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const allowed = Math.max(1, Math.floor(word.length / 3))
  const ranked = known.map((candidate) => ({ candidate, distance: distance(word, candidate) })).toSorted((one, other) => one.distance - other.distance)
  const [best] = ranked.filter((each) => each.distance <= allowed)
  return best?.candidate ?? known.find((candidate) => word.length > 2 && candidate.startsWith(word))
}

/** How many letters must be put in, taken out, replaced or swapped with their neighbour. */
function distance(one: string, other: string): number {
  let [before, last]: readonly number[][] = [[], Array.from({ length: other.length + 1 }, (_, index) => index)]
  for (let row = 1; row <= one.length; row += 1) {
    const next = [row]
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1]
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]
      const ways = [at(last, column - 1) + (isSame ? 0 : 1), at(last, column) + 1, at(next, column - 1) + 1]
      next.push(Math.min(...ways, ...(isSwapped ? [at(before, column - 2) + 1] : [])))
    }
    ;[before, last] = [last, next]
  }
  return at(last, other.length)
}

function at(row: readonly number[] | undefined, column: number): number {
  return row?.[column] ?? Infinity
}
