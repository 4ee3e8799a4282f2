/** What the node editor draws. It knows nothing of pipelines: nodes have ports, ports have types, wires join them. */
import type { LayoutGraph } from './layout/types'

export type Side = 'input' | 'output'

export interface GraphPort {
  readonly name: string
  /** For people: shown with the name in the tooltip. */
  readonly type: string
  readonly doc: string
  /** A wire ends here; an input with a wire takes no other. */
  readonly wired: boolean
  /** A wire names this port, but the node has it no more. */
  readonly missing: boolean
  /** The centre, from the node's left edge. */
  readonly x: number
}

export interface GraphNode {
  readonly id: string
  /** For people and screen readers. */
  readonly title: string
  readonly shape: 'rectangle' | 'stadium'
  readonly width: number
  readonly height: number
  readonly inputs: readonly GraphPort[]
  readonly outputs: readonly GraphPort[]
  readonly glow: 'warning' | 'error' | null
  /** The minimap's colour: a CSS colour. */
  readonly color: string
}

export interface GraphWire {
  readonly id: string
  readonly source: string
  readonly output: string
  readonly target: string
  readonly input: string
  /** Does not fit: drawn dashed and red. */
  readonly broken: boolean
  /** Why it is broken, or what flows through it; shown on hover. */
  readonly title: string
}

export interface Graph extends LayoutGraph {
  readonly nodes: readonly GraphNode[]
  readonly wires: readonly GraphWire[]
}

export interface PortRef {
  readonly node: string
  readonly side: Side
  readonly name: string
}

/** Another person in this graph: a frame around what they selected, a pointer where their hand is. */
export interface Visitor {
  readonly id: string
  readonly name: string
  readonly color: string
  readonly selection: readonly string[]
  readonly pointer: readonly [number, number] | null
}

/** What hands may do; without it the graph is only looked at. */
export interface GraphEdits {
  /** Whether an output may be wired to an input as far as types go. */
  readonly fits: (output: PortRef, input: PortRef) => boolean
  /** Wires an output to an input; `instead` is a wire that was picked up, and goes. */
  readonly connect: (output: PortRef, input: PortRef, instead: string | null) => void
  readonly disconnect: (wire: string) => void
  /** Removes nodes and wires by id. */
  readonly remove: (ids: readonly string[]) => void
  /** Opens the choice of what to add; from a port, what is chosen is wired to it. */
  readonly add: (from: PortRef | null) => void
  readonly rename: (node: string) => void
  readonly copy: (ids: readonly string[]) => void
  readonly cut: (ids: readonly string[]) => void
  readonly paste: () => void
  readonly duplicate: (ids: readonly string[]) => void
  readonly undo: () => void
  readonly redo: () => void
  readonly canUndo: boolean
  readonly canRedo: boolean
}

export function portKey(port: PortRef): string {
  return `${port.node}:${port.side}:${port.name}`
}

/** Spreads ports along an edge: each in the middle of its share, but no wider apart than 240 pixels. */
export function portPlaces(count: number, width: number): number[] {
  const step = Math.min(width / Math.max(count, 1), 240)
  return Array.from({ length: count }, (_, index) => Math.round(width / 2 + (index - (count - 1) / 2) * step))
}
