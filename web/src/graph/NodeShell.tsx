/** What all nodes have in common: ports, glow and bubble, frames of visitors, the red X. What is inside is the feature's. */
import type { Node, NodeProps } from '@xyflow/react'
import { X } from 'lucide-react'
import { memo } from 'react'
import { useCanvas } from './context'
import type { GraphNode } from './model'
import { PortButton } from './PortButton'

export type FlowNode = Node<{ readonly node: GraphNode }, 'node'>

export const NodeShell = memo(function NodeShell({ data: { node }, selected }: NodeProps<FlowNode>) {
  const { renderNode, bubbles, bubbleSides, visitors, edits, alone } = useCanvas()
  const bubble = bubbles.get(node.id)
  const side = bubbleSides.get(node.id)
  return (
    <div
      className="graph-node"
      data-node={node.id}
      data-shape={node.shape}
      data-glow={node.glow ?? undefined}
      data-selected={selected || undefined}
      style={{ width: node.width, height: node.height }}
    >
      {visitors.get(node.id)?.map((visitor, index) => (
        <span key={visitor.id} className="graph-visitor" style={{ borderColor: visitor.color, inset: -6 - 4 * index }}>
          <b style={{ background: visitor.color, left: -2 + 60 * index }}>{visitor.name}</b>
        </span>
      ))}
      <div className="graph-body">{renderNode(node, selected)}</div>
      {node.inputs.map((port) => (
        <PortButton key={port.name} node={node} port={port} side="input" />
      ))}
      {node.outputs.map((port) => (
        <PortButton key={port.name} node={node} port={port} side="output" />
      ))}
      {selected && alone && edits !== null && (
        <button
          type="button"
          className="graph-remove nodrag nopan"
          aria-label={`Delete ${node.title}`}
          title="Delete (Del)"
          onClick={(event) => {
            event.stopPropagation()
            edits.remove([node.id])
          }}
        >
          <X size={14} strokeWidth={2.5} aria-hidden />
        </button>
      )}
      {bubble !== undefined && (
        <div className="graph-bubble nodrag nopan nowheel" data-side={side ?? 'right'} data-room={side !== undefined}>
          {bubble}
        </div>
      )}
    </div>
  )
})
