/** The node editor: a graph that lays itself out, on a canvas for hands and keys. */
import {
  Background,
  BackgroundVariant,
  type EdgeChange,
  type NodeChange,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStore,
  useStoreApi,
} from '@xyflow/react'
import '@xyflow/react/dist/base.css'
import './graph.css'
import './overlay.css'
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { CanvasContext, type CanvasValue } from './context'
import { flowEdges, flowNodes } from './flow'
import { type Spacing, WITH_PORTS } from './layout/types'
import { useLayout } from './layout/useLayout'
import { MINIMAP_LIMIT, Minimap } from './Minimap'
import type { Graph, GraphEdits, GraphNode, Visitor } from './model'
import { motion } from './motion'
import { type FlowNode, NodeShell } from './NodeShell'
import { bubbleSides } from './room'
import { Toolbar } from './Toolbar'
import { useHands } from './useHands'
import { useWiring } from './useWiring'
import { Visitors } from './Visitors'
import { around, type Box, frame, READABLE, reveal, ZOOM } from './viewport'
import { WireDraft } from './WireDraft'
import { type FlowEdge, WireEdge } from './WireEdge'

export interface GraphCanvasProps {
  readonly label: string
  readonly graph: Graph
  readonly spacing?: Spacing
  readonly selection: readonly string[]
  readonly onSelect: (ids: readonly string[]) => void
  readonly renderNode: (node: GraphNode, selected: boolean) => ReactNode
  readonly bubbles?: ReadonlyMap<string, ReactNode>
  readonly visitors?: readonly Visitor[]
  readonly edits?: GraphEdits | null
  readonly onOpen?: (node: string) => void
  /** The pointer moved, in the graph's coordinates; null when it left. */
  readonly onPointer?: (at: readonly [number, number] | null) => void
  /** Draw the map; off where something else stands in its place. */
  readonly minimap?: boolean
  /** More tools at the end of the toolbar. */
  readonly tools?: ReactNode
  /** What lies over the canvas: title, trays, the action button. */
  readonly children?: ReactNode
}

export function GraphCanvas(props: GraphCanvasProps) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  )
}

const NODE_TYPES = { node: NodeShell }
const EDGE_TYPES = { wire: WireEdge }
const MULTI_SELECT = ['Shift', 'Control', 'Meta']
const NO_BUBBLES: ReadonlyMap<string, ReactNode> = new Map()
const NOBODY: readonly Visitor[] = []

function Canvas({
  label,
  graph,
  spacing = WITH_PORTS,
  selection,
  onSelect,
  renderNode,
  bubbles = NO_BUBBLES,
  visitors = NOBODY,
  edits = null,
  onOpen,
  onPointer,
  minimap = true,
  tools,
  children,
}: GraphCanvasProps) {
  const root = useRef<HTMLDivElement>(null)
  const hands = useWiring(graph, edits)
  const busy = useRef(false)
  busy.current = hands.wiring !== null
  const selectedNode =
    selection.length === 1 && graph.nodes.some((node) => node.id === selection[0]) ? (selection[0] ?? null) : null
  const options = useLayoutOptions(root, busy, selectedNode)
  const layout = useLayout(graph, spacing, options)
  const boxOf = useCallback(
    (node: GraphNode): Box => ({
      ...(layout.nodes.get(node.id) ?? { x: 0, y: 0 }),
      width: node.width,
      height: node.height,
    }),
    [layout],
  )
  const look = useLook(graph, selection, boxOf)
  useReveal(selectedNode, graph, boxOf, bubbles)
  useKeptMiddle()

  const nodes = useMemo(() => flowNodes(graph, layout, selection), [graph, layout, selection])
  const edges = useMemo(() => flowEdges(graph, layout, selection), [graph, layout, selection])
  const select = useSelect(selection, onSelect)
  const onKeyDown = useHands({
    graph,
    layout,
    selection,
    onSelect,
    edits,
    look,
    cancel: hands.cancel,
    ...(onOpen ? { onOpen } : {}),
  })
  const sides = useMemo(() => bubbleSides(graph, layout, bubbles), [graph, layout, bubbles])
  const frames = useMemo(() => byNode(visitors), [visitors])
  const value = useMemo<CanvasValue>(
    () => ({
      renderNode,
      bubbles,
      bubbleSides: sides,
      visitors: frames,
      edits,
      alone: selectedNode !== null,
      wiring: hands.wiring,
      press: hands.press,
      click: hands.click,
    }),
    [renderNode, bubbles, sides, frames, edits, selectedNode, hands],
  )
  const { screenToFlowPosition } = useReactFlow()
  // Keys go to the canvas: at first, and whenever what had the focus is gone (a deleted node, a name that was typed).
  useEffect(() => {
    if (document.activeElement === document.body) root.current?.focus({ preventScroll: true })
  })

  return (
    <CanvasContext value={value}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the canvas takes keys and pointers for all that is in it. */}
      <div
        ref={root}
        className="graph-canvas"
        data-canvas=""
        data-wiring={hands.wiring === null ? undefined : true}
        data-alone={selectedNode === null ? undefined : true}
        tabIndex={-1}
        onKeyDown={onKeyDown}
        onDoubleClick={(event) => {
          if (edits !== null && event.target instanceof Element && event.target.classList.contains('react-flow__pane'))
            edits.add(null)
        }}
        onPointerMove={(event) => {
          if (onPointer === undefined) return
          const at = screenToFlowPosition({ x: event.clientX, y: event.clientY })
          onPointer([Math.round(at.x), Math.round(at.y)])
        }}
        onPointerLeave={() => onPointer?.(null)}
      >
        <ReactFlow<FlowNode, FlowEdge>
          aria-label={label}
          nodes={nodes}
          edges={edges}
          nodeTypes={NODE_TYPES}
          edgeTypes={EDGE_TYPES}
          onNodesChange={select}
          onEdgesChange={select}
          onPaneClick={() => {
            hands.cancel()
            root.current?.focus({ preventScroll: true })
          }}
          onNodeDoubleClick={(_, node) => onOpen?.(node.id)}
          onlyRenderVisibleElements
          nodesDraggable={false}
          nodesConnectable={false}
          edgesReconnectable={false}
          elementsSelectable
          disableKeyboardA11y
          zoomOnDoubleClick={false}
          deleteKeyCode={null}
          selectionKeyCode="Shift"
          multiSelectionKeyCode={MULTI_SELECT}
          minZoom={ZOOM.least}
          maxZoom={ZOOM.most}
          proOptions={{ hideAttribution: true }}
        >
          <Background variant={BackgroundVariant.Dots} gap={20} size={1.6} />
        </ReactFlow>
        {hands.wiring !== null && <WireDraft wiring={hands.wiring} graph={graph} layout={layout} />}
        <Visitors visitors={visitors} />
        <Toolbar edits={edits} fit={look.all}>
          {tools}
        </Toolbar>
        {minimap && graph.nodes.length > 3 && graph.nodes.length <= MINIMAP_LIMIT && (
          <Minimap graph={graph} layout={layout} />
        )}
        {children}
      </div>
    </CanvasContext>
  )
}

/** What a layout asks: where the eye is, and whether hands are idle. */
function useLayoutOptions(
  root: React.RefObject<HTMLDivElement | null>,
  busy: React.RefObject<boolean>,
  anchor: string | null,
) {
  const store = useStoreApi()
  const touched = useRef(0)
  useEffect(() => {
    const touch = (): void => {
      touched.current = performance.now()
    }
    const names = ['pointerdown', 'pointerup', 'keydown', 'wheel'] as const
    for (const name of names) window.addEventListener(name, touch, { passive: true, capture: true })
    return () => {
      for (const name of names) window.removeEventListener(name, touch, { capture: true })
    }
  }, [])
  return useMemo(
    () => ({
      anchor,
      eye: () => {
        const { transform, width, height } = store.getState()
        return { x: (width / 2 - transform[0]) / transform[2], y: (height / 2 - transform[1]) / transform[2] }
      },
      idle: () => {
        const typing = root.current?.querySelector('input:focus, textarea:focus, select:focus') != null
        return !busy.current && !typing && performance.now() - touched.current > 800
      },
    }),
    [anchor, store, root, busy],
  )
}

/** Opens with a view of the graph, and gives the keys to look at all or at the selection. */
function useLook(graph: Graph, selection: readonly string[], boxOf: (node: GraphNode) => Box) {
  const flow = useReactFlow()
  const store = useStoreApi()
  const [opened, setOpened] = useState(false)
  const measured = useStore((state) => state.width > 0 && state.height > 0)
  useEffect(() => {
    const box = around(graph.nodes.map(boxOf))
    if (opened || !measured || box === null) return
    const { width, height } = store.getState()
    void flow.setViewport(frame(box, { width, height }))
    setOpened(true)
  }, [opened, measured, graph, boxOf, flow, store])
  return useMemo(() => {
    const show = (nodes: readonly GraphNode[], least: number): void => {
      const box = around(nodes.map(boxOf))
      const { width, height } = store.getState()
      if (box !== null) void flow.setViewport(frame(box, { width, height }, least), { duration: motion('calm') })
    }
    return {
      all: () => show(graph.nodes, ZOOM.least),
      selected: () =>
        show(
          graph.nodes.filter((node) => selection.includes(node.id)),
          READABLE,
        ),
      zoom: (factor: number) => void flow.zoomTo(flow.getZoom() * factor, { duration: motion('quick') }),
    }
  }, [graph, selection, boxOf, flow, store])
}

/** A node that is selected (and grows) comes into view, with its bubble, whole if it can. */
function useReveal(
  selected: string | null,
  graph: Graph,
  boxOf: (node: GraphNode) => Box,
  bubbles: ReadonlyMap<string, unknown>,
): void {
  const flow = useReactFlow()
  const store = useStoreApi()
  const last = useRef<string | null>(null)
  // The bubble of a new node comes a moment after it, when the server has looked at it.
  const shown = selected !== null && bubbles.has(selected) ? `${selected} with its bubble` : selected
  useEffect(() => {
    const node = graph.nodes.find((it) => it.id === selected)
    const { width, height, transform } = store.getState()
    if (shown === last.current || width === 0) return
    const less = last.current === `${selected} with its bubble`
    last.current = shown
    if (less) return
    if (node === undefined) return
    const box = boxOf(node)
    const whole = bubbles.has(node.id) ? { ...box, width: box.width + BUBBLE_REACH } : box
    const next = reveal(whole, { x: transform[0], y: transform[1], zoom: transform[2] }, { width, height })
    if (next !== null) void flow.setViewport(next, { duration: motion('calm') })
  }, [selected, shown, graph, boxOf, bubbles, flow, store])
}

/** How far a bubble stands out of an opened node. */
const BUBBLE_REACH = 270

/** A panel that opens beside the canvas pushes it: what was in the middle stays in the middle. */
function useKeptMiddle(): void {
  const flow = useReactFlow()
  const width = useStore((state) => state.width)
  const before = useRef(0)
  useEffect(() => {
    const moved = (width - before.current) / 2
    if (before.current > 0 && width > 0 && moved !== 0) {
      const { x, y, zoom } = flow.getViewport()
      void flow.setViewport({ x: x + moved, y, zoom })
    }
    before.current = width
  }, [width, flow])
}

/** Turns React Flow's changes of selection into one list; nodes and wires are told apart by nobody. */
function useSelect(selection: readonly string[], onSelect: (ids: readonly string[]) => void) {
  const current = useRef<ReadonlySet<string>>(new Set())
  useEffect(() => {
    current.current = new Set(selection)
  }, [selection])
  return useCallback(
    (changes: readonly (NodeChange<FlowNode> | EdgeChange<FlowEdge>)[]) => {
      const next = new Set(current.current)
      for (const change of changes) {
        if (change.type !== 'select') continue
        if (change.selected) next.add(change.id)
        else next.delete(change.id)
      }
      const same = next.size === current.current.size && [...next].every((id) => current.current.has(id))
      if (same) return
      current.current = next
      onSelect([...next])
    },
    [onSelect],
  )
}

function byNode(visitors: readonly Visitor[]): ReadonlyMap<string, readonly Visitor[]> {
  const map = new Map<string, Visitor[]>()
  for (const visitor of visitors) for (const id of visitor.selection) map.set(id, [...(map.get(id) ?? []), visitor])
  return map
}
