/** A project's document in the client: the records of one branch by id, and what belongs to what. Immutable. */
import type { Architecture, Frame, Layer, Link, Node, Note, Pipeline, ProjectRecord, Wire } from '@/api/types'
import type { RecordId } from '@/lib/ids'

export type Kind = ProjectRecord['kind']
export type OfKind<K extends Kind> = Extract<ProjectRecord, { kind: K }>
export type Records = ReadonlyMap<RecordId, ProjectRecord>
/** Records that hold source code in `code`. */
export type Definition = OfKind<'operation' | 'data_type' | 'layer_definition' | 'module'>

export const NO_RECORDS: Records = new Map()

/** Fields that are maps; their entries are set one by one, so that two people can set different ones at the same time. */
export const MAP_FIELDS: ReadonlySet<string> = new Set(['attributes', 'references', 'parameters'])

/** The one field of a kind that changes by change sets only. */
export const TEXT_FIELDS: Partial<Record<Kind, 'code' | 'text'>> = {
  operation: 'code',
  data_type: 'code',
  layer_definition: 'code',
  module: 'code',
  note: 'text',
}

/** A record's text, or null for kinds that have none. */
export function textOf(record: ProjectRecord): string | null {
  if (record.kind === 'note') return record.text
  return 'code' in record ? record.code : null
}

export function withText<R extends ProjectRecord>(record: R, text: string): R {
  return record.kind === 'note' ? { ...record, text } : { ...record, code: text }
}

export function recordMap(records: Iterable<ProjectRecord>): Records {
  return new Map([...records].map((record) => [record.id, record]))
}

export function recordOf<K extends Kind>(records: Records, kind: K, id: RecordId | null | undefined): OfKind<K> | null {
  const record = id == null ? undefined : records.get(id)
  return record?.kind === kind ? (record as OfKind<K>) : null
}

/** A pipeline with what is drawn in it. */
export interface PipelineGraph {
  readonly pipeline: Pipeline
  readonly nodes: readonly Node[]
  readonly wires: readonly Wire[]
  readonly notes: readonly Note[]
  readonly frames: readonly Frame[]
}

/** An architecture with what is drawn in it. */
export interface ArchitectureGraph {
  readonly architecture: Architecture
  readonly layers: readonly Layer[]
  readonly links: readonly Link[]
  readonly notes: readonly Note[]
  readonly frames: readonly Frame[]
}

/** Who belongs to whom, computed once for each state of the document. */
export interface Index {
  readonly byKind: ReadonlyMap<Kind, readonly ProjectRecord[]>
  /** What lies in a pipeline or an architecture, by its id. */
  readonly byGraph: ReadonlyMap<RecordId, readonly ProjectRecord[]>
}

/** Kinds whose names are unique within them. */
export const NAMED_KINDS: readonly Kind[] = [
  'operation',
  'pipeline',
  'architecture',
  'data_type',
  'layer_definition',
  'module',
]

const indexes = new WeakMap<Records, Index>()

export function indexOf(records: Records): Index {
  let index = indexes.get(records)
  if (index === undefined) {
    index = buildIndex(records)
    indexes.set(records, index)
  }
  return index
}

function buildIndex(records: Records): Index {
  const byKind = new Map<Kind, ProjectRecord[]>()
  const byGraph = new Map<RecordId, ProjectRecord[]>()
  for (const record of records.values()) {
    append(byKind, record.kind, record)
    const graph = graphOf(record)
    if (graph !== null) append(byGraph, graph, record)
  }
  for (const kind of NAMED_KINDS) byKind.get(kind)?.sort(byName)
  return { byKind, byGraph }
}

function append<Key>(groups: Map<Key, ProjectRecord[]>, key: Key, record: ProjectRecord): void {
  const group = groups.get(key)
  if (group === undefined) groups.set(key, [record])
  else group.push(record)
}

/** The pipeline or architecture that a record lies in, or null. */
export function graphOf(record: ProjectRecord): RecordId | null {
  switch (record.kind) {
    case 'node':
    case 'wire':
      return record.pipeline
    case 'layer':
    case 'link':
      return record.architecture
    case 'note':
    case 'frame':
      return record.graph
    default:
      return null
  }
}

const NONE: readonly ProjectRecord[] = []

/** All records of a kind, sorted by name where the kind has names. */
export function recordsOfKind<K extends Kind>(records: Records, kind: K): readonly OfKind<K>[] {
  return (indexOf(records).byKind.get(kind) ?? NONE) as readonly OfKind<K>[]
}

function byName(a: ProjectRecord, b: ProjectRecord): number {
  const [left, right] = [nameOf(a) ?? a.id, nameOf(b) ?? b.id]
  return left < right ? -1 : left > right ? 1 : 0
}

/** The name of a record that has one. */
export function nameOf(record: ProjectRecord): string | null {
  return 'name' in record ? record.name : null
}

function inGraph<K extends Kind>(records: Records, graph: RecordId, kind: K): OfKind<K>[] {
  return (indexOf(records).byGraph.get(graph) ?? NONE).filter((record): record is OfKind<K> => record.kind === kind)
}

export function pipelineGraph(records: Records, id: RecordId): PipelineGraph | null {
  const pipeline = recordOf(records, 'pipeline', id)
  if (pipeline === null) return null
  return {
    pipeline,
    nodes: inGraph(records, id, 'node'),
    wires: inGraph(records, id, 'wire'),
    notes: inGraph(records, id, 'note'),
    frames: inGraph(records, id, 'frame'),
  }
}

export function architectureGraph(records: Records, id: RecordId): ArchitectureGraph | null {
  const architecture = recordOf(records, 'architecture', id)
  if (architecture === null) return null
  return {
    architecture,
    layers: inGraph(records, id, 'layer'),
    links: inGraph(records, id, 'link'),
    notes: inGraph(records, id, 'note'),
    frames: inGraph(records, id, 'frame'),
  }
}

/** What a node is called on the screen: its own name, else its target's. */
export function nodeLabel(records: Records, node: Node): string {
  if (node.name !== null) return node.name
  switch (node.target.kind) {
    case 'operation':
      return recordOf(records, 'operation', node.target.operation)?.name ?? 'missing operation'
    case 'pipeline':
      return recordOf(records, 'pipeline', node.target.pipeline)?.name ?? 'missing pipeline'
    case 'input':
      return 'Input'
    case 'output':
      return node.target.name
  }
}
