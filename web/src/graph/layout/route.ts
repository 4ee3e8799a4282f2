/** The last step: heights of ranks and gaps, and the corners of wires, each bend on a track of its own. */
import type { Cell, Ranked, Segment } from './layers'
import { BEND, type LayoutGraph, type LayoutWire, type Point, type Spacing } from './types'

interface Rows {
  readonly tops: readonly number[]
  readonly bottoms: readonly number[]
  readonly height: number
}

export interface Routed {
  readonly nodes: ReadonlyMap<string, Point>
  readonly wires: ReadonlyMap<string, readonly Point[]>
  readonly width: number
  readonly height: number
}

export function route(graph: LayoutGraph, ranked: Ranked, spacing: Spacing): Routed {
  const tracks = ranked.ranks.map((cells) => assignTracks(cells))
  const rows = stack(ranked.ranks, tracks, spacing)
  const nodes = new Map<string, Point>()
  for (const [id, cell] of ranked.cells) nodes.set(id, { x: cell.x, y: rows.tops[cell.rank] ?? 0 })
  const wires = new Map<string, readonly Point[]>()
  for (const wire of graph.wires) wires.set(wire.id, corners(wire, ranked, tracks, rows, spacing))
  return normalize(nodes, wires, graph, rows.height)
}

/** Which track each bent segment below a rank takes, counted from above. */
export function assignTracks(cells: readonly Cell[]): ReadonlyMap<Segment, number> {
  const bent = cells.flatMap((cell) => cell.down).filter((segment) => startX(segment) !== endX(segment))
  // Of wires to the right, the rightmost bends first (highest); of wires to the left, the leftmost: so they do not cross.
  const right = bent
    .filter((segment) => endX(segment) > startX(segment))
    .sort((a, b) => startX(b) - startX(a) || endX(b) - endX(a))
  const left = bent
    .filter((segment) => endX(segment) < startX(segment))
    .sort((a, b) => startX(a) - startX(b) || endX(a) - endX(b))
  const tracks = new Map<Segment, number>()
  const lanes: { from: number; to: number; source: string }[][] = []
  for (const segment of [...right, ...left]) {
    const span = spanOf(segment)
    let lane = 0
    lanes.forEach((taken, index) => {
      if (taken.some((other) => other.source !== span.source && other.from < span.to + 6 && span.from < other.to + 6))
        lane = index + 1
    })
    if (lanes[lane] === undefined) lanes.push([])
    lanes[lane]?.push(span)
    tracks.set(segment, lane)
  }
  return tracks
}

/** Wires from one port share their track: they are one tree. */
function spanOf(segment: Segment): { from: number; to: number; source: string } {
  const ends = [startX(segment), endX(segment)] as const
  return {
    from: Math.min(...ends),
    to: Math.max(...ends),
    source: `${segment.from.node?.id ?? segment.from.x}:${startX(segment)}`,
  }
}

function startX(segment: Segment): number {
  return segment.from.x + segment.fromOffset
}

function endX(segment: Segment): number {
  return segment.to.x + segment.toOffset
}

function trackCount(tracks: ReadonlyMap<Segment, number>): number {
  let count = 0
  for (const lane of tracks.values()) count = Math.max(count, lane + 1)
  return count
}

function stack(
  ranks: readonly (readonly Cell[])[],
  tracks: readonly ReadonlyMap<Segment, number>[],
  spacing: Spacing,
): Rows {
  const tops: number[] = []
  const bottoms: number[] = []
  let y = 0
  ranks.forEach((cells, index) => {
    tops.push(y)
    y += cells.reduce((tallest, cell) => Math.max(tallest, cell.node?.height ?? 0), 0)
    bottoms.push(y)
    const count = trackCount(tracks[index] ?? new Map())
    const bends = count === 0 ? 0 : 2 * BEND + (count - 1) * spacing.wireGap
    y += Math.max(spacing.rankGap, spacing.outReach + bends + spacing.inReach)
  })
  return { tops, bottoms, height: bottoms.at(-1) ?? 0 }
}

function corners(
  wire: LayoutWire,
  ranked: Ranked,
  tracks: readonly ReadonlyMap<Segment, number>[],
  rows: Rows,
  spacing: Spacing,
): Point[] {
  const segments = ranked.chains.get(wire.id) ?? []
  const first = segments[0]
  const last = segments.at(-1)
  if (first === undefined || last === undefined) return []
  const points: Point[] = [
    { x: startX(first), y: (rows.tops[first.from.rank] ?? 0) + (first.from.node?.height ?? 0) + spacing.outReach },
  ]
  for (const segment of segments) {
    const lane = tracks[segment.from.rank]?.get(segment)
    if (lane === undefined) continue
    const y = (rows.bottoms[segment.from.rank] ?? 0) + spacing.outReach + BEND + lane * spacing.wireGap
    points.push({ x: startX(segment), y }, { x: endX(segment), y })
  }
  points.push({ x: endX(last), y: (rows.tops[last.to.rank] ?? 0) - spacing.inReach })
  return points
}

/** Moves everything so that the leftmost thing is at 0. */
function normalize(
  nodes: ReadonlyMap<string, Point>,
  wires: ReadonlyMap<string, readonly Point[]>,
  graph: LayoutGraph,
  height: number,
): Routed {
  let left = Number.POSITIVE_INFINITY
  let right = Number.NEGATIVE_INFINITY
  for (const node of graph.nodes) {
    const x = nodes.get(node.id)?.x ?? 0
    left = Math.min(left, x)
    right = Math.max(right, x + node.width)
  }
  for (const points of wires.values()) {
    for (const point of points) {
      left = Math.min(left, point.x)
      right = Math.max(right, point.x)
    }
  }
  if (!Number.isFinite(left)) return { nodes, wires, width: 0, height }
  const shift = (point: Point): Point => ({ x: point.x - left, y: point.y })
  return {
    nodes: new Map([...nodes].map(([id, point]) => [id, shift(point)])),
    wires: new Map([...wires].map(([id, points]) => [id, points.map(shift)])),
    width: right - left,
    height,
  }
}
