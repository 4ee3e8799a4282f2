/** What nodes and ports of one canvas need to know beside their own data. */
import { createContext, type PointerEvent, type ReactNode, use } from 'react'
import type { GraphEdits, GraphNode, PortRef, Visitor } from './model'

/** A wire that is being drawn from a port. */
export interface Wiring {
  readonly from: PortRef
  readonly compatible: ReadonlySet<string>
  /** The wire that was picked up, if any. */
  readonly instead: string | null
}

export interface CanvasValue {
  readonly renderNode: (node: GraphNode, selected: boolean) => ReactNode
  readonly bubbles: ReadonlyMap<string, ReactNode>
  /** Where a bubble has room; those without show on hover and selection only. */
  readonly bubbleSides: ReadonlyMap<string, 'left' | 'right'>
  readonly visitors: ReadonlyMap<string, readonly Visitor[]>
  readonly edits: GraphEdits | null
  /** One node alone is selected: it shows its red X and its bubble. */
  readonly alone: boolean
  readonly wiring: Wiring | null
  readonly press: (port: PortRef, event: PointerEvent) => void
  readonly click: (port: PortRef) => void
}

export const CanvasContext = createContext<CanvasValue | null>(null)

export function useCanvas(): CanvasValue {
  const value = use(CanvasContext)
  if (value === null) throw new Error('Nodes are drawn inside a GraphCanvas only.')
  return value
}
