/** A wire along the corners that the layout gave it. */
import type { Edge, EdgeProps } from '@xyflow/react'
import { type CSSProperties, memo } from 'react'
import type { Point } from './layout/types'
import type { GraphWire } from './model'
import { roundedPath } from './path'

export type FlowEdge = Edge<{ readonly wire: GraphWire; readonly points: readonly Point[] }, 'wire'>

export const WireEdge = memo(function WireEdge({ id, data, selected }: EdgeProps<FlowEdge>) {
  const tip = data?.points.at(-1)
  if (data === undefined || tip === undefined) return null
  const { wire, points } = data
  const path = roundedPath(points)
  // The CSS property `d` moves smoothly between paths with the same number of pieces; others fade in (the key changes).
  const style = { d: `path("${path}")` } as CSSProperties
  return (
    <g
      className="graph-wire"
      data-wire={id}
      data-selected={selected || undefined}
      data-broken={wire.broken || undefined}
    >
      <path className="graph-wire-hit" d={path} style={style} />
      <g key={points.length} className="graph-wire-drawn">
        <path className="graph-wire-line" d={path} style={style} />
        <path
          className="graph-wire-arrow"
          d="M-4.5 -7L0 0L4.5 -7Z"
          style={{ transform: `translate(${tip.x}px, ${tip.y}px)` }}
        />
      </g>
      {wire.title !== '' && <title>{wire.title}</title>}
    </g>
  )
})
