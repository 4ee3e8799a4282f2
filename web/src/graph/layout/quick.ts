/** A layered layout that is there at once: a thousand nodes in well under a frame or two. ELK refines it later (`elk.ts`). */
import { components, pack } from './components'
import { intoRanks } from './layers'
import { orderRanks } from './order'
import { placeCells } from './place'
import { route } from './route'
import { type Layout, type LayoutGraph, type Spacing, WITH_PORTS } from './types'

/**
 * Lays a graph out downwards. `before` keeps the order of nodes that were there already, so that an edit moves little;
 * with `resized` only sizes differ from then, and no order changes.
 */
export function quickLayout(
  graph: LayoutGraph,
  spacing: Spacing = WITH_PORTS,
  before: Layout | null = null,
  resized = false,
): Layout {
  const hint = before === null ? null : new Map([...before.nodes].map(([id, point]) => [id, point.x]))
  const parts = components(graph).map((part) => {
    const ranked = intoRanks(part)
    orderRanks(ranked.ranks, hint, resized && hint !== null)
    placeCells(ranked.ranks, spacing)
    return route(part, ranked, spacing)
  })
  return pack(parts, spacing.nodeGap * 1.5)
}
