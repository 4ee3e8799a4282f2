/** A pipeline as the node editor draws it: nodes with ports and sizes, wires, and what is wrong with them. */
import type { Analysis, Artifact, Interface, Mark, Node, Port, Wire } from '@/api/types'
import { nodeLabel, type PipelineGraph, type Records, recordOf } from '@/document/records'
import { type Graph, type GraphNode, type GraphPort, type GraphWire, portPlaces } from '@/graph/model'
import { collapsedSize, expandedSize, type Size } from './sizes'
import { type Flow, inputType, outputType } from './types'

export interface PipelineParts {
  readonly pipeline: PipelineGraph
  readonly records: Records
  readonly analysis: Analysis | null
  readonly artifacts: ReadonlyMap<string, Pick<Artifact, 'name' | 'type'>>
}

/** The one port of Input and Output nodes. */
export const DATA: Port = { name: 'data', type: 'Data', doc: '', variable: '', optional: false }

export interface Ports {
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
}

/** What a node's code says it takes and gives; nothing for an operation that could not be read. */
export function portsOf(node: Pick<Node, 'target'>, interfaces: Readonly<Record<string, Interface>>): Ports {
  switch (node.target.kind) {
    case 'input':
      return { inputs: [], outputs: [DATA] }
    case 'output':
      return { inputs: [DATA], outputs: [] }
    case 'operation':
      return interfaces[node.target.operation] ?? { inputs: [], outputs: [] }
    case 'pipeline':
      return { inputs: [], outputs: [] }
  }
}

/** S-041, S-043: an Input is called as its artifact, an Output as what it saves. */
export function labelOf(parts: Pick<PipelineParts, 'records' | 'artifacts'>, node: Node): string {
  const { target } = node
  if (node.name === null && target.kind === 'input' && target.artifact !== null) {
    return parts.artifacts.get(target.artifact)?.name ?? 'missing artifact'
  }
  return nodeLabel(parts.records, node)
}

/** The design's colour of a node. */
export function colorOf(records: Records, node: Node): string {
  const { target } = node
  if (target.kind === 'input' || target.kind === 'output') return 'var(--op-io)'
  const color = target.kind === 'operation' ? recordOf(records, 'operation', target.operation)?.color : undefined
  return COLORS.has(color ?? '') ? `var(--op-${color})` : 'var(--op-slate)'
}

const COLORS = new Set(['slate', 'indigo', 'teal', 'plum', 'rust', 'olive'])

export function flowOf({ pipeline, analysis, artifacts }: PipelineParts): Flow {
  return {
    nodes: new Map(pipeline.nodes.map((node) => [node.id, node])),
    wires: pipeline.wires,
    interfaces: analysis?.interfaces ?? {},
    artifacts,
  }
}

/** `size` may say that a node is drawn otherwise than at rest or opened (in an execution). */
export function pipelineView(
  parts: PipelineParts,
  opened: string | null,
  size?: (node: Node, label: string) => Size,
): Graph {
  const flow = flowOf(parts)
  const marks = groupMarks(parts.analysis?.marks ?? [])
  const wiredIn = group(parts.pipeline.wires, (wire) => wire.target)
  const wiredOut = group(parts.pipeline.wires, (wire) => wire.source)
  const nodes = parts.pipeline.nodes.map((node): GraphNode => {
    const label = labelOf(parts, node)
    const ports = portsOf(node, flow.interfaces)
    const into = wiredIn.get(node.id) ?? []
    const outOf = wiredOut.get(node.id) ?? []
    const inputs = withMissing(
      ports.inputs,
      into.map((wire) => wire.input),
    )
    const outputs = withMissing(
      ports.outputs,
      outOf.map((wire) => wire.output),
    )
    const { width, height } =
      size?.(node, label) ?? sizeOf(node, label, flow, opened === node.id, Math.max(inputs.length, outputs.length))
    return {
      id: node.id,
      title: label,
      shape: 'rectangle',
      width,
      height,
      inputs: place(
        inputs,
        width,
        (name) => into.some((wire) => wire.input === name),
        (name) => inputType(flow, node.id, name),
      ),
      outputs: place(
        outputs,
        width,
        (name) => outOf.some((wire) => wire.output === name),
        (name) => outputType(flow, node.id, name),
      ),
      glow: glowOf(marks.get(node.id) ?? []),
      color: colorOf(parts.records, node),
    }
  })
  return { nodes, wires: parts.pipeline.wires.map((wire) => wireView(wire, marks.get(wire.id) ?? [])) }
}

function sizeOf(node: Node, label: string, flow: Flow, opened: boolean, ports: number): Size {
  const io = node.target.kind === 'input' || node.target.kind === 'output'
  if (!opened) return collapsedSize(label, ports, io)
  const signature = node.target.kind === 'operation' ? (flow.interfaces[node.target.operation] ?? null) : null
  return expandedSize(node, signature, label)
}

/** Wires may name ports that the code has no more (DF214): they are drawn, so that the wire can be. */
function withMissing(ports: readonly Port[], named: readonly string[]): (Port & { missing: boolean })[] {
  const known = new Set(ports.map((port) => port.name))
  const lost = [...new Set(named)].filter((name) => !known.has(name))
  return [
    ...ports.map((port) => ({ ...port, missing: false })),
    ...lost.map((name) => ({ ...DATA, name, type: '', missing: true })),
  ]
}

function place(
  ports: readonly (Port & { missing: boolean })[],
  width: number,
  wired: (name: string) => boolean,
  type: (name: string) => string | null,
): GraphPort[] {
  const places = portPlaces(ports.length, width)
  return ports.map((port, index) => ({
    name: port.name,
    type: port.missing ? '' : (type(port.name) ?? port.type),
    doc: port.doc,
    wired: wired(port.name),
    missing: port.missing,
    x: places[index] ?? width / 2,
  }))
}

function wireView(wire: Wire, marks: readonly Mark[]): GraphWire {
  return {
    id: wire.id,
    source: wire.source,
    output: wire.output,
    target: wire.target,
    input: wire.input,
    broken: marks.some((mark) => mark.severity === 'error'),
    title: marks.map((mark) => mark.message).join('\n'),
  }
}

export function glowOf(marks: readonly Mark[]): GraphNode['glow'] {
  if (marks.some((mark) => mark.severity === 'error')) return 'error'
  return marks.length > 0 ? 'warning' : null
}

/** Marks by the record that they are about. */
export function groupMarks(marks: readonly Mark[]): ReadonlyMap<string, readonly Mark[]> {
  return group(marks, (mark) => mark.where.record)
}

function group<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const found = groups.get(key(item))
    if (found === undefined) groups.set(key(item), [item])
    else found.push(item)
  }
  return groups
}

/** Errors about a pipeline that would refuse its run, on its nodes, its wires or itself. */
export function blockingMarks(pipeline: PipelineGraph, marks: readonly Mark[]): Mark[] {
  const own = new Set([
    pipeline.pipeline.id,
    ...pipeline.nodes.map((node) => node.id),
    ...pipeline.wires.map((wire) => wire.id),
  ])
  return marks.filter((mark) => mark.severity === 'error' && own.has(mark.where.record))
}
