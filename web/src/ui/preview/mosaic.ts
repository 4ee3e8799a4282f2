/** How a picture of many samples is cut into its cells, which stand row by row with one or two pixels between them. */

export interface Mosaic {
  /** Of one cell: width by height. */
  readonly ratio: number
  /** The whole picture in widths and heights of a cell. */
  readonly size: readonly [number, number]
  /** Where cell `index` begins, as CSS wants it: parts of what the whole is larger than a cell. */
  readonly place: (index: number) => readonly [number, number]
}

/** Null where the picture is not made of cells. */
export function mosaicOf(png: string, columns: number, cells: number): Mosaic | null {
  const size = sizeOf(png)
  const rows = Math.ceil(cells / columns)
  if (size === null || cells < 2 || columns < 2) return null
  const [width, height] = size
  const gap = [1, 2].find((it) => (width + it) % columns === 0 && (height + it) % rows === 0)
  if (gap === undefined) return null
  const [wide, high] = [(width + gap) / columns - gap, (height + gap) / rows - gap]
  return {
    ratio: wide / high,
    size: [width / wide, height / high],
    place: (index) => [
      part((index % columns) * (wide + gap), width - wide),
      part(Math.floor(index / columns) * (high + gap), height - high),
    ],
  }
}

function part(at: number, room: number): number {
  return room === 0 ? 0 : at / room
}

/** Width and height from the header of a PNG in base64; null where it is none. */
function sizeOf(png: string): readonly [number, number] | null {
  const head = atob(png.slice(0, 32))
  if (!head.startsWith('\x89PNG')) return null
  const view = new DataView(Uint8Array.from(head, (character) => character.charCodeAt(0)).buffer)
  return [view.getUint32(16), view.getUint32(20)]
}
