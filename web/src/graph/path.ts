/** Wires as SVG paths: orthogonal, with round corners. */
import type { Point } from './layout/types'

export const CORNER = 8

/** A path through the points; corners are rounded by at most `radius`, less where the pieces are short. */
export function roundedPath(points: readonly Point[], radius: number = CORNER): string {
  const corners = withoutRepeats(points)
  const [first] = corners
  if (first === undefined) return ''
  let path = `M${first.x} ${first.y}`
  corners.forEach((corner, index) => {
    if (index === 0) return
    const before = corners[index - 1] ?? corner
    const after = corners[index + 1]
    if (after === undefined) {
      path += `L${corner.x} ${corner.y}`
      return
    }
    const reach = Math.min(radius, distance(before, corner) / 2, distance(corner, after) / 2)
    const from = towards(corner, before, reach)
    const to = towards(corner, after, reach)
    path += `L${from.x} ${from.y}Q${corner.x} ${corner.y} ${to.x} ${to.y}`
  })
  return path
}

function withoutRepeats(points: readonly Point[]): Point[] {
  return points.filter((point, index) => {
    const before = points[index - 1]
    return before === undefined || before.x !== point.x || before.y !== point.y
  })
}

function distance(one: Point, other: Point): number {
  return Math.abs(one.x - other.x) + Math.abs(one.y - other.y)
}

function towards(from: Point, to: Point, length: number): Point {
  const whole = distance(from, to)
  if (whole === 0) return from
  const share = length / whole
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share }
}
