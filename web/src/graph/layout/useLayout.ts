/** Layouts as they are shown: at once by our own, later refined by ELK, and always with the anchor standing still. */
import { useEffect, useMemo, useState } from 'react'
import { layoutCost } from './cost'
import { elkLayout } from './elk'
import { layoutKey } from './hash'
import { quickLayout } from './quick'
import type { Layout, LayoutGraph, Point, Spacing } from './types'

export interface LayoutOptions {
  /** The node that keeps its place on screen; without one, what is nearest to the middle of the view does. */
  readonly anchor: string | null
  /** The middle of the view, in the graph's coordinates. */
  readonly eye: () => Point
  /** Whether nobody is in the middle of a gesture. */
  readonly idle: () => boolean
}

interface Placed {
  readonly key: string
  readonly graph: LayoutGraph
  readonly layout: Layout
}

const CACHED = 60
const cache = new Map<string, Layout>()
/** ELK is asked when the graph has been at rest for this long, and only for graphs that it can lay out in a few seconds. */
const REST = 600
const LARGEST = 1200
/** A refined layout must be this much better to be worth moving things under people's eyes. */
const BETTER = 0.92

export function useLayout(graph: LayoutGraph, spacing: Spacing, options: LayoutOptions): Layout {
  const key = useMemo(() => layoutKey(graph, spacing), [graph, spacing])
  const [placed, setPlaced] = useState<Placed>(() => ({ key, graph, layout: lay(graph, key, spacing, null) }))
  let current = placed
  if (placed.key !== key) {
    current = { key, graph, layout: anchored(lay(graph, key, spacing, placed), graph, placed, options) }
    setPlaced(current)
  }
  useEffect(() => {
    if (graph.nodes.length < 3 || graph.nodes.length > LARGEST || refined.has(key)) return undefined
    let wanted = true
    const land = (layout: Layout): void => {
      if (!wanted) return
      if (!options.idle()) {
        window.setTimeout(() => land(layout), 300)
        return
      }
      setPlaced((now) => (now.key === key ? { key, graph, layout: anchored(layout, graph, now, options) } : now))
    }
    const timer = window.setTimeout(() => {
      void refine(graph, key, spacing).then((layout) => layout !== null && land(layout))
    }, REST)
    return () => {
      wanted = false
      window.clearTimeout(timer)
    }
  }, [graph, key, spacing, options])
  return current.layout
}

const refined = new Set<string>()

function lay(graph: LayoutGraph, key: string, spacing: Spacing, before: Placed | null): Layout {
  const cached = cache.get(key)
  if (cached !== undefined) return cached
  const resized = before !== null && sameWiring(before.graph, graph)
  return remember(key, quickLayout(graph, spacing, before?.layout ?? null, resized))
}

/** Whether the same nodes are wired in the same way. */
function sameWiring(one: LayoutGraph, other: LayoutGraph): boolean {
  return (
    one.nodes.length === other.nodes.length &&
    one.wires.length === other.wires.length &&
    one.nodes.every((node, index) => node.id === other.nodes[index]?.id) &&
    one.wires.every((wire, index) => wire.id === other.wires[index]?.id)
  )
}

function remember(key: string, layout: Layout): Layout {
  cache.delete(key)
  cache.set(key, layout)
  for (const oldest of cache.keys()) {
    if (cache.size <= CACHED) break
    cache.delete(oldest)
    refined.delete(oldest)
  }
  return layout
}

/** ELK's layout when it is clearly better than ours, else null. */
async function refine(graph: LayoutGraph, key: string, spacing: Spacing): Promise<Layout | null> {
  const ours = lay(graph, key, spacing, null)
  refined.add(key)
  try {
    const theirs = await elkLayout(graph, spacing, ours)
    if (layoutCost(theirs) > layoutCost(ours) * BETTER) return null
    return remember(key, theirs)
  } catch (error) {
    console.warn('The layout could not be refined; the quick one stays.', error)
    return null
  }
}

/** The layout, moved so that the anchor is where it was. */
function anchored(layout: Layout, graph: LayoutGraph, before: Placed, options: LayoutOptions): Layout {
  const id =
    options.anchor !== null && before.layout.nodes.has(options.anchor)
      ? options.anchor
      : nearest(before, layout, options.eye())
  const from = id === null ? null : top(before.layout, before.graph, id)
  const to = id === null ? null : top(layout, graph, id)
  return from === null || to === null ? layout : shifted(layout, from.x - to.x, from.y - to.y)
}

function nearest(before: Placed, layout: Layout, eye: Point): string | null {
  let best: string | null = null
  let least = Number.POSITIVE_INFINITY
  for (const [id, point] of before.layout.nodes) {
    const distance = Math.hypot(point.x - eye.x, point.y - eye.y)
    if (distance >= least || !layout.nodes.has(id)) continue
    least = distance
    best = id
  }
  return best
}

/** The middle of a node's upper edge: it stays when the node grows in place. */
function top(layout: Layout, graph: LayoutGraph, id: string): Point | null {
  const at = layout.nodes.get(id)
  const width = graph.nodes.find((node) => node.id === id)?.width
  return at === undefined || width === undefined ? null : { x: Math.round(at.x + width / 2), y: at.y }
}

export function shifted(layout: Layout, dx: number, dy: number): Layout {
  if (dx === 0 && dy === 0) return layout
  const shift = (point: Point): Point => ({ x: point.x + dx, y: point.y + dy })
  return {
    nodes: new Map([...layout.nodes].map(([id, point]) => [id, shift(point)])),
    wires: new Map([...layout.wires].map(([id, points]) => [id, points.map(shift)])),
    width: layout.width,
    height: layout.height,
  }
}
