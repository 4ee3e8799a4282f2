/** Parts of a graph that no wire joins: laid out apart and set side by side, in rows about as wide as a screen. */
import type { Layout, LayoutGraph, LayoutNode, LayoutWire, Point } from './types'

/** The connected parts, each in the order of the graph, by their first nodes. */
export function components(graph: LayoutGraph): LayoutGraph[] {
  const parent = new Map(graph.nodes.map((node) => [node.id, node.id]))
  const root = (id: string): string => {
    let at = id
    for (let up = parent.get(at); up !== undefined && up !== at; up = parent.get(at)) {
      parent.set(at, parent.get(up) ?? up)
      at = up
    }
    return at
  }
  const wires = graph.wires.filter((wire) => parent.has(wire.source) && parent.has(wire.target))
  for (const wire of wires) parent.set(root(wire.source), root(wire.target))
  const parts = new Map<string, { nodes: LayoutNode[]; wires: LayoutWire[] }>()
  for (const node of graph.nodes) {
    const key = root(node.id)
    const part = parts.get(key)
    if (part === undefined) parts.set(key, { nodes: [node], wires: [] })
    else part.nodes.push(node)
  }
  for (const wire of wires) parts.get(root(wire.source))?.wires.push(wire)
  return [...parts.values()]
}

/** Sets layouts side by side, left to right, then in further rows. */
export function pack(parts: readonly Layout[], gap: number): Layout {
  const area = parts.reduce((sum, part) => sum + (part.width + gap) * (part.height + gap), 0)
  const widest = parts.reduce((most, part) => Math.max(most, part.width), 0)
  const limit = Math.max(1200, widest, Math.sqrt(area) * 1.6)
  const nodes = new Map<string, Point>()
  const wires = new Map<string, readonly Point[]>()
  let x = 0
  let y = 0
  let tallest = 0
  let width = 0
  for (const part of parts) {
    if (x > 0 && x + part.width > limit) {
      x = 0
      y += tallest + gap
      tallest = 0
    }
    for (const [id, point] of part.nodes) nodes.set(id, { x: point.x + x, y: point.y + y })
    for (const [id, points] of part.wires)
      wires.set(
        id,
        points.map((point) => ({ x: point.x + x, y: point.y + y })),
      )
    x += part.width + gap
    tallest = Math.max(tallest, part.height)
    width = Math.max(width, x - gap)
  }
  return { nodes, wires, width, height: y + tallest }
}
