/** What a layout needs to know of a graph, and what it answers. Units are canvas pixels at zoom 1. */

export interface LayoutPort {
  readonly name: string
  /** The centre of the port, from the node's left edge. */
  readonly x: number
}

export interface LayoutNode {
  readonly id: string
  readonly width: number
  readonly height: number
  readonly inputs: readonly LayoutPort[]
  readonly outputs: readonly LayoutPort[]
}

export interface LayoutWire {
  readonly id: string
  readonly source: string
  readonly output: string
  readonly target: string
  readonly input: string
}

export interface LayoutGraph {
  readonly nodes: readonly LayoutNode[]
  readonly wires: readonly LayoutWire[]
}

export interface Point {
  readonly x: number
  readonly y: number
}

/** Top left corners of nodes; corners of wires from the port they leave to the tip of their arrow. */
export interface Layout {
  readonly nodes: ReadonlyMap<string, Point>
  readonly wires: ReadonlyMap<string, readonly Point[]>
  readonly width: number
  readonly height: number
}

export interface Spacing {
  /** Between neighbours of one rank. */
  readonly nodeGap: number
  /** Between ranks whose wires all run straight. */
  readonly rankGap: number
  /** From a node's lower edge to where its wires begin: below its ports. */
  readonly outReach: number
  /** From the tip of an arrow to the node's upper edge: above its ports. */
  readonly inReach: number
  /** Between parallel wires. */
  readonly wireGap: number
}

/** Nodes with ports that stand out of their edges by 14 pixels. */
export const WITH_PORTS: Spacing = { nodeGap: 40, rankGap: 58, outReach: 14, inReach: 20, wireGap: 12 }
/** Layers: wires go from edge to edge. */
export const WITHOUT_PORTS: Spacing = { nodeGap: 40, rankGap: 30, outReach: 0, inReach: 4, wireGap: 12 }

/** From the end of a wire to its first or last bend: one corner and a bit. */
export const BEND = 12
