/** Where bubbles have room: beside their node, over no other node and no wire. */
import type { Layout } from './layout/types'
import type { Graph } from './model'
import type { Box } from './viewport'

const BUBBLE = { width: 250, height: 120 } as const
/** More bubbles than this at once would be noise; then they wait for the pointer. */
const MOST = 6

/** The free side of each node with a bubble; the right one first. */
export function bubbleSides(
  graph: Graph,
  layout: Layout,
  bubbles: ReadonlyMap<string, unknown>,
): ReadonlyMap<string, 'left' | 'right'> {
  const sides = new Map<string, 'left' | 'right'>()
  if (bubbles.size === 0 || bubbles.size > MOST) return sides
  const taken = [...nodeBoxes(graph, layout), ...wireBoxes(layout)]
  for (const node of graph.nodes) {
    const at = layout.nodes.get(node.id)
    if (!bubbles.has(node.id) || at === undefined) continue
    const y = at.y + Math.min(node.height, 72) / 2 - BUBBLE.height / 2
    const right = { x: at.x + node.width + 14, y, ...BUBBLE }
    const left = { x: at.x - 14 - BUBBLE.width, y, ...BUBBLE }
    const free = taken.some((box) => meet(box, right)) ? (taken.some((box) => meet(box, left)) ? null : left) : right
    if (free === null) continue
    sides.set(node.id, free === right ? 'right' : 'left')
    taken.push(free)
  }
  return sides
}

function nodeBoxes(graph: Graph, layout: Layout): Box[] {
  return graph.nodes.map((node) => ({
    ...(layout.nodes.get(node.id) ?? { x: 0, y: 0 }),
    width: node.width,
    height: node.height,
  }))
}

function wireBoxes(layout: Layout): Box[] {
  return [...layout.wires.values()].flatMap((points) =>
    points.slice(1).map((to, index) => {
      const from = points[index] ?? to
      return {
        x: Math.min(from.x, to.x),
        y: Math.min(from.y, to.y),
        width: Math.abs(from.x - to.x),
        height: Math.abs(from.y - to.y),
      }
    }),
  )
}

function meet(one: Box, other: Box): boolean {
  return (
    one.x <= other.x + other.width &&
    other.x <= one.x + one.width &&
    one.y <= other.y + other.height &&
    other.y <= one.y + one.height
  )
}
