/** How good a layout is, so that a refined one is taken only where it is better. */
import type { Layout, Point } from './types'

const CROSSING = 400
const BENDING = 60
/** Above this many pieces crossings are not counted: comparing all pairs would cost more than it tells. */
const PIECES = 1500

/** Length of all wires with a price for each bend and crossing; less is better. */
export function layoutCost(layout: Layout): number {
  const pieces: { from: Point; to: Point; wire: string }[] = []
  let cost = 0
  for (const [wire, points] of layout.wires) {
    cost += Math.max(0, points.length - 2) * BENDING
    points.forEach((to, index) => {
      const from = points[index - 1]
      if (from === undefined) return
      cost += Math.abs(from.x - to.x) + Math.abs(from.y - to.y)
      pieces.push({ from, to, wire })
    })
  }
  return pieces.length > PIECES ? cost : cost + CROSSING * crossed(pieces)
}

function crossed(pieces: readonly { from: Point; to: Point; wire: string }[]): number {
  const across = pieces.filter((piece) => piece.from.y === piece.to.y)
  const along = pieces.filter((piece) => piece.from.x === piece.to.x && piece.from.y !== piece.to.y)
  let count = 0
  for (const one of across) {
    const [left, right] = [Math.min(one.from.x, one.to.x), Math.max(one.from.x, one.to.x)]
    for (const other of along) {
      if (one.wire === other.wire || other.from.x <= left || other.from.x >= right) continue
      if (Math.min(other.from.y, other.to.y) < one.from.y && one.from.y < Math.max(other.from.y, other.to.y)) count += 1
    }
  }
  return count
}
