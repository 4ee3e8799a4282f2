/** Which ports a wire may join: opposite sides, a free input, types that fit, and no cycle. */
import { type Graph, type GraphEdits, type PortRef, portKey } from './model'

/** Keys of all ports that a wire from `from` may end at. `instead` is a wire being moved: its input counts as free. */
export function compatiblePorts(
  graph: Graph,
  from: PortRef,
  fits: GraphEdits['fits'],
  instead: string | null = null,
): ReadonlySet<string> {
  const wires = graph.wires.filter((wire) => wire.id !== instead)
  const taken = new Set(wires.map((wire) => portKey({ node: wire.target, side: 'input', name: wire.input })))
  const reached = reachable(wires, from)
  const found = new Set<string>()
  if (from.side === 'input' && taken.has(portKey(from))) return found
  for (const node of graph.nodes) {
    if (reached.has(node.id)) continue
    const ports = from.side === 'output' ? node.inputs : node.outputs
    for (const { name } of ports) {
      const to: PortRef = { node: node.id, side: from.side === 'output' ? 'input' : 'output', name }
      const [output, input] = from.side === 'output' ? [from, to] : [to, from]
      if (!taken.has(portKey(input)) && fits(output, input)) found.add(portKey(to))
    }
  }
  return found
}

/** Nodes that would close a cycle: the port's own, and for an output all that lie above it, for an input all below. */
function reachable(wires: Graph['wires'], from: PortRef): ReadonlySet<string> {
  const next = new Map<string, string[]>()
  for (const wire of wires) {
    const [here, there] = from.side === 'output' ? [wire.target, wire.source] : [wire.source, wire.target]
    next.set(here, [...(next.get(here) ?? []), there])
  }
  const found = new Set([from.node])
  const open = [from.node]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const neighbour of next.get(node) ?? []) {
      if (found.has(neighbour)) continue
      found.add(neighbour)
      open.push(neighbour)
    }
  }
  return found
}
