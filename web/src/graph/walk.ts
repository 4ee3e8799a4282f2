/** Arrow keys walk from node to node. */
import type { Layout } from './layout/types'
import type { Graph, GraphNode } from './model'

export type Direction = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight'

/** The nearest node in a direction, what lies straight ahead before what lies aside; the first node when none is selected. */
export function neighbour(graph: Graph, layout: Layout, from: string | null, direction: Direction): string | null {
  const start = graph.nodes.find((node) => node.id === from)
  if (start === undefined) return graph.nodes[0]?.id ?? null
  const here = centre(start, layout)
  let best: string | null = null
  let least = Number.POSITIVE_INFINITY
  for (const node of graph.nodes) {
    if (node.id === from) continue
    const there = centre(node, layout)
    const [ahead, aside] = measure(there.x - here.x, there.y - here.y, direction)
    if (ahead <= 1) continue
    const cost = ahead + 3 * Math.abs(aside)
    if (cost >= least) continue
    least = cost
    best = node.id
  }
  return best
}

function centre(node: GraphNode, layout: Layout): { x: number; y: number } {
  const at = layout.nodes.get(node.id) ?? { x: 0, y: 0 }
  return { x: at.x + node.width / 2, y: at.y + node.height / 2 }
}

function measure(dx: number, dy: number, direction: Direction): readonly [number, number] {
  switch (direction) {
    case 'ArrowUp':
      return [-dy, dx]
    case 'ArrowDown':
      return [dy, dx]
    case 'ArrowLeft':
      return [-dx, dy]
    case 'ArrowRight':
      return [dx, dy]
  }
}
