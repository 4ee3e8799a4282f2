/** `apply(records, transaction)`: pure, whole or not at all, in the order put, patch, text, remove (docs/spec/document.md). */
import type { Change, Diff, Patch, ProjectRecord, TextChange, Transaction } from '@/api/types'
import type { RecordId } from '@/lib/ids'
import { checkField, checkRecord } from './fields'
import { MAP_FIELDS, type Records, TEXT_FIELDS, textOf, withText } from './records'
import { Refusal } from './refusal'
import { checkStructure } from './rules'
import { changedText, inverted, readChanges, SECTION_LIMIT, TEXT_LIMIT } from './text'

const PART_LIMIT = 10_000
/** Changes of one text in one edit. */
const CHANGES_LIMIT = 100

export interface Applied {
  readonly records: Records
  readonly diff: Diff
}

/** The records after the transaction, and what changed. Throws `Refusal`. */
export function apply(records: Records, transaction: Transaction): Applied {
  const next = new Map(records)
  const text: TextChange[] = []
  checkSize(transaction)
  for (const record of transaction.put) putRecord(next, record)
  for (const patch of transaction.patch) next.set(patch.id, patched(existing(next, patch.id), patch))
  for (const edit of transaction.text) text.push(changeText(next, edit.id, edit.changes))
  for (const id of transaction.remove) {
    existing(next, id)
    next.delete(id)
  }
  if (transaction.put.length + transaction.patch.length + transaction.remove.length > 0) checkStructure(next)
  else for (const edit of transaction.text) checkLength(next, edit.id)
  return { records: next, diff: { changes: changes(records, next, transaction), text } }
}

/** The same, with null instead of a refusal. */
export function tryApply(records: Records, transaction: Transaction): Applied | null {
  try {
    return apply(records, transaction)
  } catch (error) {
    if (error instanceof Refusal) return null
    throw error
  }
}

/** The records after a diff that the server committed. */
export function applyDiff(records: Records, diff: Diff): Records {
  if (diff.changes.length === 0) return records
  const next = new Map(records)
  for (const change of diff.changes) {
    if (change.after === null) next.delete(change.id)
    else next.set(change.id, change.after)
  }
  return next
}

function checkSize({ put, patch, remove, text }: Transaction): void {
  const parts = put.length + patch.length + remove.length + text.length
  if (parts > PART_LIMIT) throw new Refusal('DF111', `One edit has at most ${PART_LIMIT} parts, this one has ${parts}.`)
  const often = new Map<RecordId, number>()
  for (const { id } of text) often.set(id, (often.get(id) ?? 0) + 1)
  if ([...often.values()].some((count) => count > CHANGES_LIMIT))
    throw new Refusal('DF111', `One edit changes one text at most ${CHANGES_LIMIT} times.`)
  const sections = text.reduce((sum, { changes }) => sum + changes.length, 0)
  if (sections > SECTION_LIMIT) throw new Refusal('DF111', 'One edit changes text in too many places.')
}

function existing(records: Records, id: RecordId): ProjectRecord {
  const record = records.get(id)
  if (record === undefined) throw new Refusal('DF101', 'What this edit changes is not there any more.')
  return record
}

function putRecord(records: Map<RecordId, ProjectRecord>, record: ProjectRecord): void {
  checkRecord(record)
  const complete = withDefaults(record)
  const before = records.get(record.id)
  if (before !== undefined && (before.kind !== complete.kind || textOf(before) !== textOf(complete))) {
    throw new Refusal('DF109', 'A thing that exists keeps its kind and its text: text changes by edits only.')
  }
  const text = textOf(complete)
  if (text !== null && (text.includes('\r') || !text.isWellFormed()))
    throw new Refusal('DF109', 'Lines must end with LF only.')
  records.set(record.id, complete)
}

/** Optional fields that were left out, as the server fills them in. */
function withDefaults(record: ProjectRecord): ProjectRecord {
  switch (record.kind) {
    case 'node':
      return { ...NODE_DEFAULTS, ...record, target: targetDefaults(record.target) }
    case 'operation':
      return { ...OPERATION_DEFAULTS, ...record }
    case 'architecture':
      return { ...ARCHITECTURE_DEFAULTS, ...record }
    case 'layer':
      return { ...LAYER_DEFAULTS, ...record }
    case 'link':
      return { ...LINK_DEFAULTS, ...record }
    case 'note':
      return { ...NOTE_DEFAULTS, ...record }
    case 'frame':
      return { ...FRAME_DEFAULTS, ...record }
    default:
      return record
  }
}

const OPERATION_DEFAULTS = { color: 'slate' }
const NODE_DEFAULTS = { name: null, attributes: {}, references: {} }
const ARCHITECTURE_DEFAULTS = { parameters: {} }
const LAYER_DEFAULTS = { name: null, attributes: {} }
const LINK_DEFAULTS = { output: 0, input: 0 }
const NOTE_DEFAULTS = { about: null }
const FRAME_DEFAULTS = { members: [] }

function targetDefaults(target: Extract<ProjectRecord, { kind: 'node' }>['target']): typeof target {
  if (target.kind === 'input') return { ...{ artifact: null }, ...target }
  return target.kind === 'output' ? { ...{ name: 'myData' }, ...target } : target
}

function patched(record: ProjectRecord, { fields = {}, entries = {}, without = {} }: Patch): ProjectRecord {
  const values: Record<string, unknown> = { ...fields }
  for (const field of new Set([...Object.keys(entries), ...Object.keys(without)])) {
    const now: unknown = Object.hasOwn(values, field) ? values[field] : Reflect.get(record, field)
    if (!MAP_FIELDS.has(field) || typeof now !== 'object')
      throw new Refusal('DF100', `The ${field} of a ${record.kind} has no entries.`)
    const out = new Set(without[field])
    const all = Object.entries({ ...now, ...entries[field] })
    values[field] = Object.fromEntries(all.filter(([key]) => !out.has(key)))
  }
  for (const [field, value] of Object.entries(values)) {
    if (field === 'id' || field === 'kind') throw new Refusal('DF100', `The ${field} of a record never changes.`)
    if (field === TEXT_FIELDS[record.kind]) throw new Refusal('DF100', 'Text changes by edits only.')
    checkField(record.kind, field, value)
  }
  return withDefaults({ ...record, ...values } as ProjectRecord)
}

function changeText(records: Map<RecordId, ProjectRecord>, id: RecordId, json: unknown[]): TextChange {
  const record = existing(records, id)
  const before = textOf(record)
  if (before === null) throw new Refusal('DF109', `A ${record.kind} has no text.`)
  const changes = readChanges(json, before)
  const after = changedText(changes, before)
  records.set(id, withText(record, after))
  return { id, changes: changes.toJSON(), inverse: inverted(changes, before).toJSON() }
}

function checkLength(records: Records, id: RecordId): void {
  const record = records.get(id)
  if (record !== undefined && (textOf(record)?.length ?? 0) > TEXT_LIMIT) {
    throw new Refusal('DF111', 'A text is longer than a million characters.')
  }
}

/** What the transaction touched and really changed, in the order in which it names them. */
function changes(before: Records, after: Records, transaction: Transaction): Change[] {
  const touched = new Set<RecordId>([
    ...transaction.put.map(({ id }) => id),
    ...transaction.patch.map(({ id }) => id),
    ...transaction.text.map(({ id }) => id),
    ...transaction.remove,
  ])
  return [...touched].flatMap((id) => {
    const [old, now] = [before.get(id) ?? null, after.get(id) ?? null]
    return same(old, now) ? [] : [{ id, before: old, after: now }]
  })
}

/** Whether two JSON values are equal, whatever the order of their keys. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const [left, right] = [Object.entries(a), Object.entries(b)]
  return (
    left.length === right.length &&
    left.every(([key, value]) => Object.hasOwn(b, key) && same(value, Reflect.get(b, key)))
  )
}
