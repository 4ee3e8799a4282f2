/** The wire in one's hand: from the port where it began to the pointer. */
import { useReactFlow, ViewportPortal } from '@xyflow/react'
import { useEffect, useState } from 'react'
import type { Wiring } from './context'
import type { Layout, Point } from './layout/types'
import type { Graph } from './model'
import { roundedPath } from './path'

export function WireDraft({ wiring, graph, layout }: { wiring: Wiring; graph: Graph; layout: Layout }) {
  const { screenToFlowPosition } = useReactFlow()
  const [pointer, setPointer] = useState<Point | null>(null)
  useEffect(() => {
    const move = (event: PointerEvent): void => setPointer(screenToFlowPosition({ x: event.clientX, y: event.clientY }))
    window.addEventListener('pointermove', move)
    return () => window.removeEventListener('pointermove', move)
  }, [screenToFlowPosition])
  const from = portPlace(wiring, graph, layout)
  if (pointer === null || from === null) return null
  const half = (from.y + pointer.y) / 2
  const path = roundedPath([from, { x: from.x, y: half }, { x: pointer.x, y: half }, pointer])
  return (
    <ViewportPortal>
      <svg className="graph-draft" width="1" height="1" aria-hidden="true">
        <path d={path} />
        <circle cx={pointer.x} cy={pointer.y} r="4" />
      </svg>
    </ViewportPortal>
  )
}

function portPlace({ from }: Wiring, graph: Graph, layout: Layout): Point | null {
  const node = graph.nodes.find((it) => it.id === from.node)
  const at = layout.nodes.get(from.node)
  const port = (from.side === 'input' ? node?.inputs : node?.outputs)?.find((it) => it.name === from.name)
  if (node === undefined || at === undefined || port === undefined) return null
  return { x: at.x + port.x, y: from.side === 'input' ? at.y - 14 : at.y + node.height + 14 }
}
