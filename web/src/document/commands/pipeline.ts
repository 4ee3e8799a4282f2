/**
 * Edits of pipelines: each function looks at the document and gives the edit, with its cascades and a label for people. None
 * of them changes anything; the caller hands the edit to `ProjectClient.edit`.
 */
import type { Node, NodeTarget, Patch, ProjectRecord, Reference, Value, Wire } from '@/api/types'
import { withArticle } from '@/lib/format'
import { type ArtifactId, newId, type RecordId } from '@/lib/ids'
import type { EditParts } from '../client'
import { nodeLabel, pipelineGraph, type Records, recordOf, recordsOfKind } from '../records'
import { Refusal } from '../refusal'

/** An edit that made a record, with its id. */
export interface Made extends EditParts {
  readonly id: RecordId
}

export interface WireEnds {
  readonly source: RecordId
  readonly output: string
  readonly target: RecordId
  readonly input: string
}

/** A new pipeline without nodes; its name is made unique. */
export function addPipeline(records: Records, name: string): Made {
  const id = newId()
  const free = freeName(records, 'pipeline', name)
  return { id, label: `Create ${free}`, put: [{ kind: 'pipeline', id, name: free }] }
}

export function renamePipeline(records: Records, id: RecordId, name: string): EditParts {
  const pipeline = needed(recordOf(records, 'pipeline', id))
  return { label: `Rename ${pipeline.name} to ${name}`, patch: [{ id, fields: { name } }] }
}

/** Deletes a pipeline with everything drawn in it, and its uses as a block in others (with their wires). */
export function deletePipeline(records: Records, id: RecordId): EditParts {
  const graph = needed(pipelineGraph(records, id))
  const uses = recordsOfKind(records, 'node').filter(
    ({ target }) => target.kind === 'pipeline' && target.pipeline === id,
  )
  const elsewhere = uses.filter((node) => node.pipeline !== id)
  const inside = [...graph.wires, ...graph.notes, ...graph.frames, ...graph.nodes].map((record) => record.id)
  const cut = attached(records, new Set(elsewhere.map((node) => node.id)))
  return {
    label: `Delete ${graph.pipeline.name}`,
    patch: cut.patch,
    remove: [...inside, ...cut.remove, ...elsewhere.map((node) => node.id), id],
  }
}

/** A copy of a pipeline with new ids and a free name. */
export function duplicatePipeline(records: Records, id: RecordId): Made {
  const graph = needed(pipelineGraph(records, id))
  const copy = newId()
  const fresh = new Map<RecordId, RecordId>([[id, copy]])
  for (const { id: old } of [...graph.nodes, ...graph.wires, ...graph.notes, ...graph.frames]) fresh.set(old, newId())
  const to = (old: RecordId) => fresh.get(old) ?? old
  const name = freeName(records, 'pipeline', `${graph.pipeline.name} copy`)
  return {
    id: copy,
    label: `Duplicate ${graph.pipeline.name}`,
    put: [
      { ...graph.pipeline, id: copy, name },
      ...graph.nodes.map((node) => ({ ...node, id: to(node.id), pipeline: copy })),
      ...graph.wires.map((wire) => ({
        ...wire,
        id: to(wire.id),
        pipeline: copy,
        source: to(wire.source),
        target: to(wire.target),
      })),
      ...graph.notes.map((note) => ({
        ...note,
        id: to(note.id),
        graph: copy,
        about: note.about === null ? null : to(note.about),
      })),
      ...graph.frames.map((frame) => ({ ...frame, id: to(frame.id), graph: copy, members: frame.members.map(to) })),
    ],
  }
}

/** A new node, wired up at once where `wires` says so (for adding from a wire or splicing into one). */
export function addNode(
  records: Records,
  pipeline: RecordId,
  target: NodeTarget,
  connect?: (id: RecordId) => WireEnds[],
): Made {
  const id = newId()
  const node: Node = { kind: 'node', id, pipeline, target, name: null, attributes: {}, references: {} }
  const wires = (connect?.(id) ?? []).map((ends) => wireOf(pipeline, ends))
  const label = `Add ${nodeLabel(records, node)}`
  return { id, label, put: [node, ...wires], remove: replacedBy(records, wires) }
}

/** Puts a new node between the ends of a wire. */
export function splice(records: Records, wire: RecordId, target: NodeTarget, input: string, output: string): Made {
  const old = needed(recordOf(records, 'wire', wire))
  const made = addNode(records, old.pipeline, target, (id) => [
    { source: old.source, output: old.output, target: id, input },
    { source: id, output, target: old.target, input: old.input },
  ])
  return { ...made, remove: [...new Set([...(made.remove ?? []), wire])] }
}

/** A wire; one that the input already has is replaced. */
export function connect(records: Records, ends: WireEnds): Made {
  const source = needed(recordOf(records, 'node', ends.source))
  const target = needed(recordOf(records, 'node', ends.target))
  const wire = wireOf(source.pipeline, ends)
  const label = `Connect ${nodeLabel(records, source)} to ${nodeLabel(records, target)}`
  return { id: wire.id, label, put: [wire], remove: replacedBy(records, [wire]) }
}

export function disconnect(records: Records, wire: RecordId): EditParts {
  const { source, target } = needed(recordOf(records, 'wire', wire))
  const name = (id: RecordId) => nodeLabel(records, needed(recordOf(records, 'node', id)))
  return { label: `Disconnect ${name(source)} from ${name(target)}`, remove: [wire] }
}

/** Deletes nodes, wires, notes and frames, with the wires of the nodes; notes about them stay, about nothing. */
export function deleteRecords(records: Records, ids: readonly RecordId[]): EditParts {
  const chosen = new Set(ids.filter((id) => records.has(id)))
  const cut = attached(records, chosen)
  const remove = [...new Set([...cut.remove, ...chosen])]
  return { label: deleteLabel(records, chosen), patch: cut.patch, remove }
}

/** A node's attribute; `undefined` returns it to the operation's default. */
export function setAttribute(records: Records, node: RecordId, name: string, value: Value | undefined): EditParts {
  const record = needed(recordOf(records, 'node', node))
  const label = value === undefined ? `Reset ${name} of` : `Set ${name} to ${show(value)} in`
  return { label: `${label} ${nodeLabel(records, record)}`, patch: [entry(node, 'attributes', name, value)] }
}

/** A node's reference to an architecture, criterion or optimizer; null empties it. */
export function setReference(records: Records, node: RecordId, name: string, reference: Reference | null): EditParts {
  const record = needed(recordOf(records, 'node', node))
  const target = reference === null ? 'nothing' : referenceLabel(records, reference)
  return {
    label: `Set ${name} to ${target} in ${nodeLabel(records, record)}`,
    patch: [entry(node, 'references', name, reference ?? undefined)],
  }
}

/** What an Input node brings in. */
export function setArtifact(
  records: Records,
  node: RecordId,
  artifact: { id: ArtifactId; name: string } | null,
): EditParts {
  needed(recordOf(records, 'node', node))
  const label = artifact === null ? 'Choose no artifact' : `Choose ${artifact.name}`
  return { label, patch: [{ id: node, fields: { target: { kind: 'input', artifact: artifact?.id ?? null } } }] }
}

/** Under which name an Output node saves. */
export function setOutputName(records: Records, node: RecordId, name: string): EditParts {
  needed(recordOf(records, 'node', node))
  return { label: `Save as ${name}`, patch: [{ id: node, fields: { target: { kind: 'output', name } } }] }
}

/** A name of a node's own; null or empty shows its operation's again. */
export function renameNode(records: Records, node: RecordId, name: string | null): EditParts {
  const record = needed(recordOf(records, 'node', node))
  if (record.target.kind === 'output' && name) return setOutputName(records, node, name)
  const label = name
    ? `Rename ${nodeLabel(records, record)} to ${name}`
    : `Remove the name of ${nodeLabel(records, record)}`
  return { label, patch: [{ id: node, fields: { name: name || null } }] }
}

/** A name that no other record of the kind has: `train`, `train 2`, ... */
export function freeName(records: Records, kind: 'pipeline', name: string): string {
  const taken = new Set<string>(recordsOfKind(records, kind).map((record) => record.name))
  if (!taken.has(name)) return name
  for (let number = 2; ; number += 1) if (!taken.has(`${name} ${number}`)) return `${name} ${number}`
}

/** What a reference is called on the screen. */
export function referenceLabel(records: Records, reference: Reference): string {
  if (reference.kind === 'resource') return reference.class_name
  return recordOf(records, 'architecture', reference.record)?.name ?? 'a missing architecture'
}

function wireOf(pipeline: RecordId, ends: WireEnds): Wire {
  return { kind: 'wire', id: newId(), pipeline, ...ends }
}

/** Wires that hold an input which one of these takes. */
function replacedBy(records: Records, wires: readonly Wire[]): RecordId[] {
  return recordsOfKind(records, 'wire')
    .filter((old) => wires.some((wire) => wire.target === old.target && wire.input === old.input))
    .map((old) => old.id)
}

/** What hangs on records that go: their wires go too, notes and frames let go of them. */
function attached(
  records: Records,
  gone: ReadonlySet<RecordId>,
): { remove: RecordId[]; patch: NonNullable<EditParts['patch']> } {
  const remove = recordsOfKind(records, 'wire').filter(({ source, target }) => gone.has(source) || gone.has(target))
  const notes = recordsOfKind(records, 'note').filter(
    ({ id, about }) => about !== null && gone.has(about) && !gone.has(id),
  )
  const frames = recordsOfKind(records, 'frame').filter(
    ({ id, members }) => members.some((it) => gone.has(it)) && !gone.has(id),
  )
  return {
    remove: remove.map(({ id }) => id),
    patch: [
      ...notes.map(({ id }) => ({ id, fields: { about: null } })),
      ...frames.map(({ id, members }) => ({ id, fields: { members: members.filter((it) => !gone.has(it)) } })),
    ],
  }
}

function deleteLabel(records: Records, chosen: ReadonlySet<RecordId>): string {
  const all = [...chosen].flatMap((id) => records.get(id) ?? [])
  const nodes = all.filter((record): record is Node => record.kind === 'node')
  const [only] = nodes
  if (nodes.length === 1 && only !== undefined) return `Delete ${nodeLabel(records, only)}`
  if (nodes.length > 1) return `Delete ${nodes.length} nodes`
  return all.length === 1 ? `Delete ${withArticle(spoken(all[0]))}` : `Delete ${all.length} things`
}

function spoken(record: ProjectRecord | undefined): string {
  return record?.kind.replace('_', ' ') ?? 'thing'
}

/** One entry of a node's map, alone: what others set beside it stays. */
function entry(id: RecordId, field: 'attributes' | 'references', name: string, value: unknown): Patch {
  return value === undefined ? { id, without: { [field]: [name] } } : { id, entries: { [field]: { [name]: value } } }
}

function show(value: Value): string {
  return value === null ? 'None' : String(value).slice(0, 60)
}

function needed<T>(record: T | null): T {
  if (record === null) throw new Refusal('DF101', 'What this edit changes is not there any more.')
  return record
}
