/** The graph as React Flow wants it: with sizes and handles given, so that nothing has to be measured (see FACTS: 10,000 nodes). */
import { Position } from '@xyflow/react'
import type { Layout } from './layout/types'
import type { Graph, GraphNode } from './model'
import type { FlowNode } from './NodeShell'
import type { FlowEdge } from './WireEdge'

export function flowNodes(graph: Graph, layout: Layout, selection: readonly string[]): FlowNode[] {
  const selected = new Set(selection)
  return graph.nodes.map((node) => ({
    id: node.id,
    type: 'node' as const,
    position: layout.nodes.get(node.id) ?? { x: 0, y: 0 },
    data: { node },
    width: node.width,
    height: node.height,
    measured: { width: node.width, height: node.height },
    handles: handles(node),
    selected: selected.has(node.id),
    ariaLabel: node.title,
  }))
}

export function flowEdges(graph: Graph, layout: Layout, selection: readonly string[]): FlowEdge[] {
  const selected = new Set(selection)
  return graph.wires.map((wire) => ({
    id: wire.id,
    type: 'wire' as const,
    source: wire.source,
    sourceHandle: `output:${wire.output}`,
    target: wire.target,
    targetHandle: `input:${wire.input}`,
    data: { wire, points: layout.wires.get(wire.id) ?? [] },
    selected: selected.has(wire.id),
    focusable: false,
  }))
}

function handles(node: GraphNode): NonNullable<FlowNode['handles']> {
  const size = { width: 20, height: 20 }
  return [
    ...node.inputs.map(({ name, x }) => ({
      ...size,
      id: `input:${name}`,
      type: 'target' as const,
      position: Position.Top,
      x: x - 10,
      y: -14,
    })),
    ...node.outputs.map(({ name, x }) => ({
      ...size,
      id: `output:${name}`,
      type: 'source' as const,
      position: Position.Bottom,
      x: x - 10,
      y: node.height - 6,
    })),
  ]
}
