/** What tells lines apart beside their colour: a marker on the first four, dashes on the others. */

export type Marker = 'circle' | 'square' | 'triangle' | 'diamond'

const MARKERS: readonly Marker[] = ['circle', 'square', 'triangle', 'diamond']
const COLORS = 6

/** A marker's radius in pixels; of the shapes with corners, the corners around its centre. */
export const RADIUS = 3.5
export const CORNERS: Readonly<Record<Exclude<Marker, 'circle'>, readonly (readonly [number, number])[]>> = {
  square: [
    [-3.2, -3.2],
    [3.2, -3.2],
    [3.2, 3.2],
    [-3.2, 3.2],
  ],
  triangle: [
    [-4.2, 3.2],
    [0, -4.2],
    [4.2, 3.2],
  ],
  diamond: [
    [0, -4.6],
    [4.6, 0],
    [0, 4.6],
    [-4.6, 0],
  ],
}

/** The token of a line's colour. */
export function seriesToken(index: number): string {
  return `--series-${(index % COLORS) + 1}`
}

export function markerOf(index: number): Marker | null {
  return MARKERS[index] ?? null
}

/** The dashes of a line; none while it has a marker. Where the colours of dashed lines begin again, dots. */
export function dashOf(index: number): readonly number[] {
  if (index < MARKERS.length) return []
  return index < MARKERS.length + COLORS ? [6, 4] : [2, 3]
}

/** Which of the points at these places get a marker: about one for each `gap`, the first after `offset`; the last, if it is not close to another. */
export function sparse(places: readonly number[], gap: number, offset: number): number[] {
  const [first] = places
  if (first === undefined) return []
  const chosen: number[] = []
  let next = first + offset
  places.forEach((place, index) => {
    if (place < next) return
    chosen.push(index)
    next = Math.max(next, place) + gap
  })
  const last = places.length - 1
  const before = places[chosen.at(-1) ?? -1] ?? Number.NEGATIVE_INFINITY
  if (chosen.at(-1) !== last && (places[last] ?? 0) - before >= gap / 2) chosen.push(last)
  return chosen
}
