/** The first step of a layered layout: every node gets a rank, every wire a chain of segments between neighbouring ranks. */
import type { LayoutGraph, LayoutNode, LayoutWire } from './types'

/** A node in its rank, or the place where a long wire passes through one (`node` is null, the width is 0). */
export interface Cell {
  readonly node: LayoutNode | null
  readonly width: number
  readonly rank: number
  order: number
  x: number
  readonly up: Segment[]
  readonly down: Segment[]
}

/** A piece of a wire from a cell to one in the next rank; the offsets are from the cells' left edges. */
export interface Segment {
  readonly from: Cell
  readonly to: Cell
  readonly fromOffset: number
  readonly toOffset: number
}

export interface Ranked {
  readonly ranks: Cell[][]
  readonly cells: ReadonlyMap<string, Cell>
  /** The segments of each wire, from its source down; a wire that would go up (in a cycle) has none. */
  readonly chains: ReadonlyMap<string, readonly Segment[]>
}

/**
 * Ranks by longest path: a node lies below everything it needs, and nodes that need nothing lie on top.
 *
 * Nodes in a cycle are taken in the order of the graph, and the wire that closes the cycle is left out.
 */
export function rank(graph: LayoutGraph): ReadonlyMap<string, number> {
  const ranks = new Map<string, number>()
  const waiting = new Map(graph.nodes.map((node) => [node.id, 0]))
  const down = new Map<string, string[]>()
  for (const wire of graph.wires) {
    if (!waiting.has(wire.source) || !waiting.has(wire.target)) continue
    waiting.set(wire.target, (waiting.get(wire.target) ?? 0) + 1)
    const targets = down.get(wire.source)
    if (targets === undefined) down.set(wire.source, [wire.target])
    else targets.push(wire.target)
  }
  const lower = new Map<string, number>()
  const take = (start: string): void => {
    const ready = [start]
    for (let id = ready.shift(); id !== undefined; id = ready.shift()) {
      if (ranks.has(id)) continue
      const own = lower.get(id) ?? 0
      ranks.set(id, own)
      for (const target of down.get(id) ?? []) {
        lower.set(target, Math.max(lower.get(target) ?? 0, own + 1))
        const left = (waiting.get(target) ?? 0) - 1
        waiting.set(target, left)
        if (left === 0) ready.push(target)
      }
    }
  }
  for (const node of graph.nodes) if (waiting.get(node.id) === 0) take(node.id)
  for (const node of graph.nodes) if (!ranks.has(node.id)) take(node.id)
  return ranks
}

/** The graph cut into ranks. */
export function intoRanks(graph: LayoutGraph): Ranked {
  const of = rank(graph)
  const ranks: Cell[][] = []
  const cells = new Map<string, Cell>()
  const add = (node: LayoutNode | null, at: number): Cell => {
    const cell: Cell = { node, width: node?.width ?? 0, rank: at, order: 0, x: 0, up: [], down: [] }
    while (ranks.length <= at) ranks.push([])
    ranks[at]?.push(cell)
    return cell
  }
  for (const node of graph.nodes) cells.set(node.id, add(node, of.get(node.id) ?? 0))
  const chains = new Map<string, Segment[]>()
  for (const wire of graph.wires) chains.set(wire.id, chain(wire, cells, add))
  return { ranks, cells, chains }
}

function chain(wire: LayoutWire, cells: ReadonlyMap<string, Cell>, add: (node: null, at: number) => Cell): Segment[] {
  const source = cells.get(wire.source)
  const target = cells.get(wire.target)
  if (source === undefined || target === undefined || source.rank >= target.rank) return []
  const segments: Segment[] = []
  let from = source
  for (let at = source.rank + 1; at <= target.rank; at++) {
    const to = at === target.rank ? target : add(null, at)
    const segment = { from, to, fromOffset: outputX(from, wire.output), toOffset: inputX(to, wire.input) }
    from.down.push(segment)
    to.up.push(segment)
    segments.push(segment)
    from = to
  }
  return segments
}

function outputX(cell: Cell, name: string): number {
  return cell.node?.outputs.find((port) => port.name === name)?.x ?? cell.width / 2
}

function inputX(cell: Cell, name: string): number {
  return cell.node?.inputs.find((port) => port.name === name)?.x ?? cell.width / 2
}
