/** Points of a line as the server sends them: base64 of little-endian float64 pairs x, y, x, y ... */
export interface Points {
  readonly xs: readonly number[]
  readonly ys: readonly number[]
}

export const NO_POINTS: Points = { xs: [], ys: [] }

/** More points than this are thinned before they are drawn; no screen has the columns to show them. */
export const MOST_POINTS = 8000

export function unpack(packed: string): Points {
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0))
  const view = new DataView(bytes.buffer)
  const xs: number[] = []
  const ys: number[] = []
  for (let at = 0; at + 16 <= bytes.length; at += 16) {
    xs.push(view.getFloat64(at, true))
    ys.push(view.getFloat64(at + 8, true))
  }
  return { xs, ys }
}

export function append(points: Points, more: Points): Points {
  const joined = { xs: points.xs.concat(more.xs), ys: points.ys.concat(more.ys) }
  return joined.xs.length > MOST_POINTS ? thin(joined, MOST_POINTS / 4) : joined
}

/** The smallest and the largest y of each of `buckets` equal stretches, in order; one point that is not a number stays as a gap. */
export function thin(points: Points, buckets: number): Points {
  const xs: number[] = []
  const ys: number[] = []
  const count = points.xs.length
  for (let bucket = 0; bucket < buckets; bucket++) {
    const from = Math.floor((bucket * count) / buckets)
    const to = Math.floor(((bucket + 1) * count) / buckets)
    for (const index of extremes(points.ys, from, to)) {
      xs.push(points.xs[index] ?? Number.NaN)
      ys.push(points.ys[index] ?? Number.NaN)
    }
  }
  return { xs, ys }
}

function extremes(ys: readonly number[], from: number, to: number): number[] {
  let low = -1
  let high = -1
  let gap = -1
  for (let index = from; index < to; index++) {
    const y = ys[index] ?? Number.NaN
    if (!Number.isFinite(y)) gap = index
    else {
      if (low < 0 || y < (ys[low] ?? y)) low = index
      if (high < 0 || y > (ys[high] ?? y)) high = index
    }
  }
  return [...new Set([low, high, gap])].filter((index) => index >= 0).sort((one, other) => one - other)
}

/** Points in the order of their x, which a chart needs; those without a place on the x axis are left out. */
export function ordered(points: Points): Points {
  let sorted = true
  for (let index = 0; index < points.xs.length && sorted; index++) {
    sorted =
      Number.isFinite(points.xs[index]) && (index === 0 || (points.xs[index - 1] ?? 0) <= (points.xs[index] ?? 0))
  }
  if (sorted) return points
  const order = [...points.xs.keys()].filter((index) => Number.isFinite(points.xs[index]))
  order.sort((one, other) => (points.xs[one] ?? 0) - (points.xs[other] ?? 0) || one - other)
  return { xs: order.map((index) => points.xs[index] ?? 0), ys: order.map((index) => points.ys[index] ?? Number.NaN) }
}
