/** Where to look: viewports that show a box, at a zoom at which it can be read. */

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Viewport {
  readonly x: number
  readonly y: number
  readonly zoom: number
}

export const ZOOM = { least: 0.1, most: 2 } as const
/** The smallest zoom at which names can be read: opening a graph never goes below, however large it is. */
export const READABLE = 0.55

/** Shows the whole box in a window of this size; when it does not fit even at `least`, its top. */
export function frame(box: Box, window: { width: number; height: number }, least: number = READABLE): Viewport {
  const margin = { x: 56, top: 48, bottom: 56 }
  const room = { width: window.width - 2 * margin.x, height: window.height - margin.top - margin.bottom }
  const whole = Math.min(room.width / Math.max(box.width, 1), room.height / Math.max(box.height, 1), 1)
  const zoom = Math.max(whole, least)
  const x = window.width / 2 - (box.x + box.width / 2) * zoom
  const free = room.height - box.height * zoom
  // Short graphs stand a little above the middle, tall ones begin at the top.
  const y = margin.top + Math.max(0, free * 0.4) - box.y * zoom
  return { x: Math.round(x), y: Math.round(y), zoom }
}

/** The smallest move that brings the box into the window; null when it is in view, or too large to be. */
export function reveal(box: Box, viewport: Viewport, window: { width: number; height: number }): Viewport | null {
  const left = box.x * viewport.zoom + viewport.x
  const top = box.y * viewport.zoom + viewport.y
  const dx = shift(left, left + box.width * viewport.zoom, 32, window.width - 32)
  const dy = shift(top, top + box.height * viewport.zoom, 56, window.height - 40)
  return dx === 0 && dy === 0 ? null : { x: viewport.x + dx, y: viewport.y + dy, zoom: viewport.zoom }
}

function shift(from: number, to: number, least: number, most: number): number {
  if (from < least) return least - from
  if (to > most) return Math.max(most - to, least - from)
  return 0
}

/** The box around boxes; null around none. */
export function around(boxes: readonly Box[]): Box | null {
  if (boxes.length === 0) return null
  const left = boxes.reduce((least, box) => Math.min(least, box.x), Number.POSITIVE_INFINITY)
  const top = boxes.reduce((least, box) => Math.min(least, box.y), Number.POSITIVE_INFINITY)
  const right = boxes.reduce((most, box) => Math.max(most, box.x + box.width), Number.NEGATIVE_INFINITY)
  const bottom = boxes.reduce((most, box) => Math.max(most, box.y + box.height), Number.NEGATIVE_INFINITY)
  return { x: left, y: top, width: right - left, height: bottom - top }
}
