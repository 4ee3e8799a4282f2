import { expect, test } from 'vitest'
import { spread } from '@/ui/chart/ends'
import { dashOf, markerOf, sparse } from '@/ui/chart/markers'

test('lines differ by more than their colour', () => {
  const looks = Array.from({ length: 14 }, (_, index) => `${index % 6} ${markerOf(index)} ${dashOf(index).join()}`)
  expect(new Set(looks).size).toBe(14)
  expect([0, 1, 2, 3, 4].map(markerOf)).toEqual(['circle', 'square', 'triangle', 'diamond', null])
})

test.each([
  ['no points', [], []],
  ['one point', [10], [0]],
  ['few points', [0, 200, 400], [0, 1, 2]],
  ['many points', Array.from({ length: 301 }, (_, x) => x), [0, 100, 200, 300]],
])('markers stand apart: %s', (_, places, chosen) => {
  expect(sparse(places, 100, 0)).toEqual(chosen)
})

test('a line that begins later has its first marker after the offset, and its last point has one', () => {
  expect(sparse([0, 10, 20, 30, 40], 100, 15)).toEqual([2])
  expect(sparse([0, 10, 20, 90], 100, 15)).toEqual([2, 3])
})

test('labels stand beside their ends, over no other, inside the plot', () => {
  const label = (y: number, x = 100) => ({ x, y, width: 30 })
  expect(spread([label(50), label(52), label(51)], 0, 100, 14)).toEqual([50, 78, 64])
  expect(spread([label(50), label(52, 200)], 0, 100, 14)).toEqual([50, 52])
  expect(spread([label(120), label(99)], 0, 100, 14)).toEqual([100, 86])
  expect(spread([label(1), label(2), label(3)], 0, 20, 14)).toEqual([null, 6, 20])
})
