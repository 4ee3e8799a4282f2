/** The whole graph, small: nodes, wires, and the part in view; a click or drag looks there. */
import { useReactFlow, useStore } from '@xyflow/react'
import { memo, type PointerEvent, useMemo } from 'react'
import type { Layout, Point } from './layout/types'
import type { Graph, GraphWire } from './model'
import { around, type Box } from './viewport'

const WIDTH = 182
const HEIGHT = 130
/** On a canvas narrower than this the map is there only while a part of the graph is out of view: it covers too much. */
const NARROW = 1300
/** More nodes than this would be dots, and slow to draw. */
export const MINIMAP_LIMIT = 2000

export function Minimap({ graph, layout }: { graph: Graph; layout: Layout }) {
  const { setCenter, getZoom } = useReactFlow()
  const view = useStore((state) => `${state.transform.join()},${state.width},${state.height}`)
  const box = useMemo(() => bounds(graph, layout), [graph, layout])
  if (box === null) return null
  const [x = 0, y = 0, zoom = 1, width = 0, height = 0] = view.split(',').map(Number)
  const scale = Math.min((WIDTH - 20) / box.width, (HEIGHT - 20) / box.height)
  const left = box.x - (WIDTH / scale - box.width) / 2
  const top = box.y - (HEIGHT / scale - box.height) / 2
  const seen = clamp(
    { x: -x / zoom, y: -y / zoom, width: width / zoom, height: height / zoom },
    { x: left + 3 / scale, y: top + 3 / scale, width: (WIDTH - 6) / scale, height: (HEIGHT - 6) / scale },
  )
  if (width < NARROW && contains({ x: -x / zoom, y: -y / zoom, width: width / zoom, height: height / zoom }, box))
    return null
  const look = (event: PointerEvent<SVGSVGElement>): void => {
    if (event.buttons !== 1) return
    const rect = event.currentTarget.getBoundingClientRect()
    void setCenter(left + (event.clientX - rect.left) / scale, top + (event.clientY - rect.top) / scale, {
      zoom: getZoom(),
    })
  }
  return (
    <div className="graph-minimap">
      <svg
        width={WIDTH}
        height={HEIGHT}
        viewBox={`${left} ${top} ${WIDTH / scale} ${HEIGHT / scale}`}
        role="img"
        aria-label="Map of the graph"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          look(event)
        }}
        onPointerMove={look}
      >
        <Drawing graph={graph} layout={layout} />
        <rect className="graph-minimap-view" {...seen} rx={3 / scale} strokeWidth={1.5 / scale} />
      </svg>
    </div>
  )
}

const Drawing = memo(function Drawing({ graph, layout }: { graph: Graph; layout: Layout }) {
  const heights = new Map(graph.nodes.map(({ id, height }) => [id, height]))
  // On the map there are no ports: wires reach the nodes themselves.
  const wholeWire = ({ id, source, target }: GraphWire): readonly Point[] => {
    const points = layout.wires.get(id) ?? []
    const [first, last] = [points[0], points.at(-1)]
    const [from, to] = [layout.nodes.get(source), layout.nodes.get(target)]
    if (first === undefined || last === undefined || from === undefined || to === undefined) return points
    return [{ x: first.x, y: from.y + (heights.get(source) ?? 0) }, ...points, { x: last.x, y: to.y }]
  }
  return (
    <>
      {graph.wires.map((wire) => {
        return (
          <polyline
            key={wire.id}
            className="graph-minimap-wire"
            points={wholeWire(wire)
              .map(({ x, y }) => `${x},${y}`)
              .join(' ')}
          />
        )
      })}
      {graph.nodes.map((node) => {
        const at = layout.nodes.get(node.id)
        if (at === undefined) return null
        const rx = node.shape === 'stadium' ? 17 : 12
        return (
          <rect key={node.id} x={at.x} y={at.y} width={node.width} height={node.height} rx={rx} fill={node.color} />
        )
      })}
    </>
  )
})

/** The part of a box inside another; at its edge when it lies outside. */
function contains(outer: Box, inner: Box): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  )
}

function clamp(box: Box, within: Box): Box {
  const x = Math.min(Math.max(box.x, within.x), within.x + within.width)
  const y = Math.min(Math.max(box.y, within.y), within.y + within.height)
  const right = Math.min(Math.max(box.x + box.width, x), within.x + within.width)
  const bottom = Math.min(Math.max(box.y + box.height, y), within.y + within.height)
  return { x, y, width: right - x, height: bottom - y }
}

function bounds(graph: Graph, layout: Layout): Box | null {
  return around(
    graph.nodes.map((node) => ({
      ...(layout.nodes.get(node.id) ?? { x: 0, y: 0 }),
      width: node.width,
      height: node.height,
    })),
  )
}
