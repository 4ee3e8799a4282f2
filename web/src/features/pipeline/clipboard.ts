/** Parts of a pipeline as text: copied, cut, pasted across pipelines, projects and tabs. */
import type { Node, Wire } from '@/api/types'
import type { EditParts } from '@/document/client'
import { type PipelineGraph, type Records, recordOf } from '@/document/records'
import { newId } from '@/lib/ids'

const MARK = 'deepforge/nodes'

interface Copied {
  readonly kind: typeof MARK
  readonly nodes: readonly Node[]
  readonly wires: readonly Wire[]
}

/** The chosen nodes and the wires among them. */
export function copyText(pipeline: PipelineGraph, ids: readonly string[]): string {
  const chosen = new Set(ids)
  const nodes = pipeline.nodes.filter((node) => chosen.has(node.id))
  const wires = pipeline.wires.filter((wire) => chosen.has(wire.source) && chosen.has(wire.target))
  return JSON.stringify({ kind: MARK, nodes, wires } satisfies Copied)
}

export interface Pasted {
  readonly parts: EditParts
  readonly ids: readonly string[]
  /** Nodes that were left out because this project lacks their operation. */
  readonly leftOut: number
}

/** What pasting the text into a pipeline does; null when the text holds nothing of ours. */
export function pasteText(text: string, pipeline: PipelineGraph, records: Records): Pasted | null {
  const copied = read(text)
  if (copied === null) return null
  const known = copied.nodes.filter(
    ({ target }) => target.kind !== 'operation' || recordOf(records, 'operation', target.operation),
  )
  const fresh = new Map(known.map((node) => [node.id, newId()]))
  const nodes = known.map((node) => ({ ...node, id: fresh.get(node.id) ?? newId(), pipeline: pipeline.pipeline.id }))
  const wires = copied.wires.flatMap((wire) => {
    const source = fresh.get(wire.source)
    const target = fresh.get(wire.target)
    return source && target ? [{ ...wire, id: newId(), pipeline: pipeline.pipeline.id, source, target }] : []
  })
  const label = nodes.length === 1 ? 'Paste a node' : `Paste ${nodes.length} nodes`
  return {
    parts: { label, put: [...nodes, ...wires] },
    ids: nodes.map(({ id }) => id),
    leftOut: copied.nodes.length - known.length,
  }
}

function read(text: string): Copied | null {
  try {
    const value: unknown = JSON.parse(text)
    return isCopied(value) ? value : null
  } catch {
    return null
  }
}

/** The outline only: whether the records are valid is the document's to say, and it refuses what is not. */
function isCopied(value: unknown): value is Copied {
  if (!isObject(value) || value.kind !== MARK || !Array.isArray(value.nodes) || !Array.isArray(value.wires))
    return false
  return value.nodes.every((node) => isObject(node) && isObject(node.target)) && value.wires.every(isObject)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
