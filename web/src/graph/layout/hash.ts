/** Everything that decides a layout, as a short key: two graphs with equal keys are drawn alike. */
import type { LayoutGraph, Spacing } from './types'

export function layoutKey(graph: LayoutGraph, spacing: Spacing): string {
  const parts = graph.nodes.map((node) => [
    node.id,
    node.width,
    node.height,
    node.inputs.map((port) => `${port.name}@${port.x}`).join(),
    node.outputs.map((port) => `${port.name}@${port.x}`).join(),
  ])
  const wires = graph.wires.map((wire) => [wire.id, wire.source, wire.output, wire.target, wire.input])
  return fnv(JSON.stringify([parts, wires, spacing]))
}

/** FNV-1a with 2 x 32 bits: enough to tell the graphs of one session apart. */
function fnv(text: string): string {
  let one = 0x811c9dc5
  let two = 0x01000193
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    one = Math.imul(one ^ code, 0x01000193)
    two = Math.imul(two ^ (code + index), 0x85ebca6b)
  }
  return `${(one >>> 0).toString(36)}-${(two >>> 0).toString(36)}-${text.length}`
}
