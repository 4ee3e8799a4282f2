/** Layouts by ELK (layered, downwards, orthogonal), computed in a worker; loaded when first wanted. */
import type { ELK, ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js'
import workerUrl from 'elkjs/lib/elk-worker.min.js?url'
import { components, pack } from './components'
import {
  BEND,
  type Layout,
  type LayoutGraph,
  type LayoutNode,
  type LayoutPort,
  type Point,
  type Spacing,
} from './types'

let loading: Promise<ELK> | null = null

/** Lays a graph out; nodes of one rank keep the order in which `before` has them. */
export async function elkLayout(graph: LayoutGraph, spacing: Spacing, before: Layout): Promise<Layout> {
  loading ??= load()
  const elk = await loading
  const x = (node: LayoutNode): number => before.nodes.get(node.id)?.x ?? 0
  const parts = components(graph).map(async (part) => {
    const nodes = part.nodes.toSorted((one, other) => x(one) - x(other))
    const laid = await elk.layout(toElk({ nodes, wires: part.wires }, spacing))
    return fromElk(laid, spacing)
  })
  return pack(await Promise.all(parts), spacing.nodeGap * 1.5)
}

/** What could not be loaded is loaded anew for the next layout. */
async function load(): Promise<ELK> {
  try {
    const { default: Elk } = await import('elkjs/lib/elk-api.js')
    return new Elk({ workerUrl })
  } catch (error) {
    loading = null
    throw error
  }
}

function toElk(graph: LayoutGraph, spacing: Spacing): ElkNode {
  const options = {
    'elk.algorithm': 'layered',
    'elk.direction': 'DOWN',
    'elk.edgeRouting': 'ORTHOGONAL',
    'elk.padding': '[top=0,left=0,bottom=0,right=0]',
    'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
    'elk.layered.layering.strategy': 'LONGEST_PATH_SOURCE',
    'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
    'elk.spacing.nodeNode': spacing.nodeGap,
    'elk.spacing.edgeNode': spacing.nodeGap * 0.7,
    'elk.spacing.edgeEdge': spacing.wireGap * 1.5,
    'elk.layered.spacing.nodeNodeBetweenLayers': spacing.rankGap,
    'elk.layered.spacing.edgeEdgeBetweenLayers': spacing.wireGap,
    'elk.layered.spacing.edgeNodeBetweenLayers': Math.max(spacing.inReach, spacing.outReach) + BEND,
  }
  return {
    id: 'root',
    layoutOptions: Object.fromEntries(Object.entries(options).map(([key, value]) => [key, String(value)])),
    children: graph.nodes.map(nodeToElk),
    edges: graph.wires.map((wire) => ({
      id: wire.id,
      sources: [`${wire.source}\nout\n${wire.output}`],
      targets: [`${wire.target}\nin\n${wire.input}`],
    })),
  }
}

function nodeToElk(node: LayoutNode): ElkNode {
  const port = (kind: 'in' | 'out', { name, x }: LayoutPort) => ({
    id: `${node.id}\n${kind}\n${name}`,
    x,
    y: kind === 'in' ? 0 : node.height,
    width: 0,
    height: 0,
    layoutOptions: { 'elk.port.side': kind === 'in' ? 'NORTH' : 'SOUTH' },
  })
  return {
    id: node.id,
    width: node.width,
    height: node.height,
    layoutOptions: { 'elk.portConstraints': 'FIXED_POS', 'elk.alignment': 'TOP' },
    ports: [...node.inputs.map((it) => port('in', it)), ...node.outputs.map((it) => port('out', it))],
  }
}

function fromElk(root: ElkNode, spacing: Spacing): Layout {
  const nodes = new Map(
    (root.children ?? []).map((node) => [node.id, { x: Math.round(node.x ?? 0), y: Math.round(node.y ?? 0) }]),
  )
  const wires = new Map((root.edges ?? []).map((edge) => [edge.id, corners(edge, spacing)]))
  return { nodes, wires, width: Math.ceil(root.width ?? 0), height: Math.ceil(root.height ?? 0) }
}

function corners(edge: ElkExtendedEdge, spacing: Spacing): Point[] {
  const section = edge.sections?.[0]
  if (section === undefined) return []
  const { startPoint: start, endPoint: end, bendPoints = [] } = section
  const points = [
    { x: start.x, y: start.y + spacing.outReach },
    ...bendPoints,
    { x: end.x, y: end.y - spacing.inReach },
  ]
  return points.map((point) => ({ x: Math.round(point.x), y: Math.round(point.y) }))
}
