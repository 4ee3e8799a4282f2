import { expect, test } from 'vitest'
import { mosaicOf } from '@/ui/preview/mosaic'

/** The beginning of a PNG of this size. */
function png(width: number, height: number): string {
  const bytes = new Uint8Array(33)
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52])
  new DataView(bytes.buffer).setUint32(16, width)
  new DataView(bytes.buffer).setUint32(20, height)
  return btoa(String.fromCharCode(...bytes))
}

test('a picture of samples is cut into cells, between which one or two pixels are', () => {
  const digits = mosaicOf(png(4 * 8 + 3, 3 * 8 + 2), 4, 12)
  expect(digits?.ratio).toBe(1)
  expect(digits?.size).toEqual([35 / 8, 26 / 8])
  expect([0, 3, 5, 11].map((index) => digits?.place(index))).toEqual([
    [0, 0],
    [1, 0],
    [9 / 27, 9 / 18],
    [1, 1],
  ])
  expect(mosaicOf(png(2 * 32 + 2, 32), 2, 2)?.place(1)).toEqual([1, 0])
})

test.each([
  ['one sample', png(32, 32), 1, 1],
  ['no cells', png(33, 32), 4, 12],
  ['no PNG', btoa('GIF89a and so on, long enough to be read'), 2, 4],
])('%s is shown whole', (_, picture, columns, cells) => {
  expect(mosaicOf(picture, columns, cells)).toBeNull()
})
