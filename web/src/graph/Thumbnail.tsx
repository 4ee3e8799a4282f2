/** A graph drawn small: nodes as bars in their colours, wires between them, scaled to fit. A picture, not an editor. */
import { useMemo } from 'react'
import { quickLayout } from './layout/quick'
import type { LayoutGraph, Spacing } from './layout/types'
import { roundedPath } from './path'

export interface ThumbnailNode {
  readonly id: string
  /** Any CSS colour; a token. */
  readonly color: string
  /** A relative length, from the name. */
  readonly length: number
}

export interface ThumbnailWire {
  readonly source: string
  readonly target: string
}

const BAR = 14
const SPACING: Spacing = { nodeGap: 16, rankGap: 22, outReach: 0, inReach: 1, wireGap: 0 }

export function Thumbnail({
  nodes,
  wires,
  width,
  height,
}: {
  nodes: readonly ThumbnailNode[]
  wires: readonly ThumbnailWire[]
  width: number
  height: number
}) {
  const layout = useMemo(() => quickLayout(graphOf(nodes, wires), SPACING), [nodes, wires])
  const scale = Math.min(1, width / Math.max(1, layout.width), height / Math.max(1, layout.height))
  const [left, top] = [(width / scale - layout.width) / 2, (height / scale - layout.height) / 2]
  return (
    <svg
      width={width}
      height={height}
      viewBox={`${-left} ${-top} ${width / scale} ${height / scale}`}
      className="thumbnail"
      aria-hidden="true"
    >
      {[...layout.wires].map(([id, points]) => {
        const tip = points.at(-1)
        return (
          <g key={id}>
            <path d={roundedPath(points, 4)} fill="none" stroke="var(--wire)" strokeWidth={1.25} />
            {tip && (
              <path d={`M${tip.x - 3} ${tip.y - 5}L${tip.x} ${tip.y}L${tip.x + 3} ${tip.y - 5}Z`} fill="var(--wire)" />
            )}
          </g>
        )
      })}
      {nodes.map(({ id, color, length }) => {
        const place = layout.nodes.get(id)
        return (
          place && (
            <rect
              key={id}
              x={place.x}
              y={place.y}
              width={barOf(length)}
              height={BAR}
              rx={2.5}
              style={{ fill: color }}
            />
          )
        )
      })}
    </svg>
  )
}

function barOf(length: number): number {
  return Math.min(84, 34 + length * 3)
}

function graphOf(nodes: readonly ThumbnailNode[], wires: readonly ThumbnailWire[]): LayoutGraph {
  return {
    nodes: nodes.map(({ id, length }) => {
      const port = { name: 'port', x: barOf(length) / 2 }
      return { id, width: barOf(length), height: BAR, inputs: [port], outputs: [port] }
    }),
    wires: wires.map(({ source, target }, index) => ({
      id: String(index),
      source,
      output: 'port',
      target,
      input: 'port',
    })),
  }
}
