/**
 * The rules of structure over a whole document (docs/spec/document.md): one function for each code, in the order of codes.
 * The server has the same rules; `tests/golden/structure.json` holds the cases for both.
 */
import type { Link, ProjectRecord, Wire } from '@/api/types'
import { withArticle } from '@/lib/format'
import type { RecordId } from '@/lib/ids'
import { indexOf, type Kind, NAMED_KINDS, nameOf, type Records, recordsOfKind, textOf } from './records'
import { Refusal } from './refusal'
import { TEXT_LIMIT } from './text'

type Rule = (records: Records) => void

const RECORD_LIMIT = 100_000

/** Checks every rule; throws the first `Refusal`. */
export function checkStructure(records: Records): void {
  for (const rule of RULES) rule(records)
}

/** DF102: what a record refers to exists and is of the right kind. */
function references(records: Records): void {
  for (const record of records.values()) {
    for (const [id, kinds] of referred(record)) {
      const kind = records.get(id)?.kind
      if (kind === undefined) throw new Refusal('DF102', `${describe(record)} refers to something that is not there.`)
      if (!kinds.includes(kind))
        throw new Refusal('DF102', `${describe(record)} refers to ${withArticle(spoken(kind))} in the wrong place.`)
    }
  }
}

type Referred = readonly [RecordId, readonly Kind[]]
const GRAPHS: readonly Kind[] = ['pipeline', 'architecture']
const MEMBERS: readonly Kind[] = ['node', 'layer', 'note', 'frame']

function referred(record: ProjectRecord): Referred[] {
  switch (record.kind) {
    case 'node':
      return [
        [record.pipeline, ['pipeline']],
        ...(record.target.kind === 'operation' ? [[record.target.operation, ['operation']] as const] : []),
        ...(record.target.kind === 'pipeline' ? [[record.target.pipeline, ['pipeline']] as const] : []),
        ...Object.values(record.references).flatMap((reference): Referred[] =>
          reference.kind === 'record' ? [[reference.record, ['architecture']]] : [],
        ),
      ]
    case 'wire':
      return [
        [record.pipeline, ['pipeline']],
        [record.source, ['node']],
        [record.target, ['node']],
      ]
    case 'layer':
      return [
        [record.architecture, ['architecture']],
        ...(record.target.kind === 'layer' ? [[record.target.layer, ['layer_definition']] as const] : []),
        ...(record.target.kind === 'architecture' ? [[record.target.architecture, ['architecture']] as const] : []),
      ]
    case 'link':
      return [
        [record.architecture, ['architecture']],
        [record.source, ['layer']],
        [record.target, ['layer']],
      ]
    case 'note':
      return [[record.graph, GRAPHS], ...(record.about === null ? [] : [[record.about, MEMBERS] as const])]
    case 'frame':
      return [[record.graph, GRAPHS], ...record.members.map((member): Referred => [member, MEMBERS])]
    default:
      return []
  }
}

/** DF103: wires and links stay within their graph. */
function ownGraph(records: Records): void {
  for (const wire of recordsOfKind(records, 'wire')) {
    for (const end of [wire.source, wire.target]) {
      const node = records.get(end)
      if (node?.kind === 'node' && node.pipeline !== wire.pipeline)
        throw new Refusal('DF103', 'A wire joins two nodes of its own pipeline.')
    }
  }
  for (const link of recordsOfKind(records, 'link')) {
    for (const end of [link.source, link.target]) {
      const layer = records.get(end)
      if (layer?.kind === 'layer' && layer.architecture !== link.architecture) {
        throw new Refusal('DF103', 'A link joins two layers of its own architecture.')
      }
    }
  }
}

/** DF104: an input takes one wire. */
function oneWirePerInput(records: Records): void {
  const taken = new Set<string>()
  for (const edge of edges(records)) {
    const place = JSON.stringify([edge.kind, edge.target, edge.input])
    if (taken.has(place)) throw new Refusal('DF104', `The input ${edge.input} already has a wire. Disconnect it first.`)
    taken.add(place)
  }
}

/** DF105: data flows one way. */
function noCycle(records: Records): void {
  const next = new Map<RecordId, RecordId[]>()
  for (const { source, target } of edges(records)) next.set(source, [...(next.get(source) ?? []), target])
  if (hasCycle(next)) throw new Refusal('DF105', 'That would make a circle: data flows one way only.')
}

/** DF106: names are unique within their kind. */
function uniqueNames(records: Records): void {
  for (const kind of NAMED_KINDS) {
    const names = new Set<string>()
    for (const record of indexOf(records).byKind.get(kind) ?? []) {
      const name = nameOf(record) ?? ''
      if (names.has(name)) throw new Refusal('DF106', `The name ${name} is taken by another ${spoken(kind)}.`)
      names.add(name)
    }
  }
}

const IDENTIFIER = /^[\p{ID_Start}_][\p{ID_Continue}]*$/u
const KEYWORDS = new Set(
  `False None True and as assert async await break class continue def del elif else except finally for from global if import
   in is lambda nonlocal not or pass raise return try while with yield`.split(/\s+/),
)

/** DF107: names that become Python names are legal ones; a pipeline's is printable. */
function legalNames(records: Records): void {
  for (const kind of NAMED_KINDS) {
    for (const record of indexOf(records).byKind.get(kind) ?? []) {
      const problem = nameProblem(kind, nameOf(record) ?? '')
      if (problem !== null) throw new Refusal('DF107', problem)
    }
  }
}

/** Why a name is not legal for a kind of record; null when it is. */
export function nameProblem(kind: Kind, name: string): string | null {
  if (kind === 'pipeline') {
    const legal =
      name.trim() === name && name !== '' && [...name].length <= 200 && !/[\p{C}\p{Zl}\p{Zp}]|[^\P{Zs} ]/u.test(name)
    return legal ? null : 'A pipeline needs a name of 1 to 200 printable characters without spaces at its ends.'
  }
  const parts = kind === 'module' ? name.split('.') : [name]
  const legal = parts.every((part) => IDENTIFIER.test(part) && !KEYWORDS.has(part) && part.normalize('NFKC') === part)
  return legal ? null : `“${name}” is no legal Python name: use letters, digits and _, do not begin with a digit.`
}

/** DF108: a block does not contain itself. */
function noRecursion(records: Records): void {
  const inside = new Map<RecordId, RecordId[]>()
  const add = (outer: RecordId, inner: RecordId) => inside.set(outer, [...(inside.get(outer) ?? []), inner])
  for (const node of recordsOfKind(records, 'node'))
    if (node.target.kind === 'pipeline') add(node.pipeline, node.target.pipeline)
  for (const layer of recordsOfKind(records, 'layer')) {
    if (layer.target.kind === 'architecture') add(layer.architecture, layer.target.architecture)
  }
  if (hasCycle(inside)) throw new Refusal('DF108', 'A block cannot contain itself.')
}

/** DF110: the one port of Input and Output nodes is `data`, and nothing flows into an Input or out of an Output. */
function dataPorts(records: Records): void {
  for (const wire of recordsOfKind(records, 'wire')) {
    const [source, target] = [targetKind(records, wire.source), targetKind(records, wire.target)]
    if (source === 'output') throw new Refusal('DF110', 'Nothing flows out of an Output.')
    if (target === 'input') throw new Refusal('DF110', 'Nothing flows into an Input.')
    if ((source === 'input' && wire.output !== 'data') || (target === 'output' && wire.input !== 'data')) {
      throw new Refusal('DF110', 'The one port of an Input or Output is called data.')
    }
  }
}

/** DF111: limits. */
function limits(records: Records): void {
  if (records.size > RECORD_LIMIT) throw new Refusal('DF111', `A project holds at most ${RECORD_LIMIT} things.`)
  for (const record of records.values()) {
    if ((textOf(record)?.length ?? 0) > TEXT_LIMIT)
      throw new Refusal('DF111', 'A text is longer than a million characters.')
  }
}

const RULES: readonly Rule[] = [
  references,
  ownGraph,
  oneWirePerInput,
  noCycle,
  uniqueNames,
  legalNames,
  noRecursion,
  dataPorts,
  limits,
]

function edges(records: Records): readonly (Wire | Link)[] {
  return [...recordsOfKind(records, 'wire'), ...recordsOfKind(records, 'link')]
}

function targetKind(records: Records, id: RecordId): string | null {
  const node = records.get(id)
  return node?.kind === 'node' ? node.target.kind : null
}

/** Whether following `next` ever comes back (iterative, so that long chains do not exhaust the stack). */
function hasCycle(next: ReadonlyMap<RecordId, readonly RecordId[]>): boolean {
  const waiting = new Map<RecordId, number>()
  for (const targets of next.values()) for (const target of targets) waiting.set(target, (waiting.get(target) ?? 0) + 1)
  const free = [...next.keys()].filter((id) => !waiting.has(id))
  for (let id = free.pop(); id !== undefined; id = free.pop()) {
    for (const target of next.get(id) ?? []) {
      const left = (waiting.get(target) ?? 0) - 1
      if (left > 0) waiting.set(target, left)
      else {
        waiting.delete(target)
        free.push(target)
      }
    }
  }
  return waiting.size > 0
}

function describe(record: ProjectRecord): string {
  const name = nameOf(record)
  return `The ${spoken(record.kind)}${name === null ? '' : ` ${name}`}`
}

function spoken(kind: Kind): string {
  return kind.replace('_', ' ')
}
