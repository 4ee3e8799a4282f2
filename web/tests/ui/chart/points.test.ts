import { describe, expect, test } from 'vitest'
import { append, MOST_POINTS, ordered, thin, unpack } from '@/ui/chart/points'

function packed(...numbers: number[]): string {
  const bytes = new Uint8Array(new Float64Array(numbers).buffer)
  return btoa(String.fromCharCode(...bytes))
}

describe('points of a line', () => {
  test('numbers that are not finite arrive unchanged', () => {
    expect(unpack(packed(0, 1, 1, Number.NaN, 2, Number.POSITIVE_INFINITY, 3, -0))).toEqual({
      xs: [0, 1, 2, 3],
      ys: [1, Number.NaN, Number.POSITIVE_INFINITY, -0],
    })
  })

  test('thinning keeps the extremes, the gaps and the order', () => {
    const points = { xs: [0, 1, 2, 3, 4, 5], ys: [5, 1, 9, Number.NaN, 2, 2] }
    expect(thin(points, 2)).toEqual({ xs: [1, 2, 3, 4], ys: [1, 9, Number.NaN, 2] })
  })

  test('a long line stays bounded and keeps its peak', () => {
    const xs = Array.from({ length: 3 * MOST_POINTS }, (_, index) => index)
    const all = append({ xs: [], ys: [] }, { xs, ys: xs.map((x) => (x === 777 ? 1e6 : Math.sin(x))) })
    expect(all.xs.length).toBeLessThanOrEqual(MOST_POINTS)
    expect(all.ys).toContain(1e6)
  })

  test('repeated and backward steps are put in order, steps that are not numbers left out', () => {
    expect(ordered({ xs: [2, 1, 1, Number.NaN], ys: [20, 10, 11, 5] })).toEqual({ xs: [1, 1, 2], ys: [10, 11, 20] })
  })
})
