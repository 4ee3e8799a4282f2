/**
 * Undo and redo of one tab: only one's own edits. Each entry is kept relative to the document as it is after all entries
 * above it were undone, and is moved over every change by somebody else as it comes.
 */
import { ChangeSet } from '@codemirror/state'
import type { Change, Diff, Patch, ProjectRecord, Transaction } from '@/api/types'
import { newId, type RecordId, type TransactionId } from '@/lib/ids'
import { same, tryApply } from './apply'
import { MAP_FIELDS, type Records, TEXT_FIELDS, textOf } from './records'
import { readChanges } from './text'

/** Text changes by record, in the order of the document. */
export type TextChanges = ReadonlyMap<RecordId, ChangeSet>

export interface Entry {
  /** The transaction that this entry takes back. */
  readonly transaction: TransactionId
  readonly label: string
  /** The changes of the diff: what was before is what undo restores. */
  readonly changes: readonly Change[]
  readonly inverse: TextChanges
}

export interface Undone {
  readonly transaction: Transaction
  readonly label: string
  /** Things that were left out, because somebody else changed them since or a rule forbids it. */
  readonly leftOut: readonly RecordId[]
}

const DEPTH = 500

export class UndoStacks {
  #undo: Entry[] = []
  #redo: Entry[] = []

  get labels(): { undo: string | null; redo: string | null } {
    return { undo: this.#undo.at(-1)?.label ?? null, redo: this.#redo.at(-1)?.label ?? null }
  }

  /** One's own edit was made: it can be undone, and nothing can be redone any more. */
  did(transaction: Transaction, diff: Diff): void {
    this.#undo = [...this.#undo.slice(1 - DEPTH), entryOf(transaction.id, transaction.label, diff)]
    this.#redo = []
  }

  /** What undo would do now; the caller applies it, and then says `undid`. */
  nextUndo(records: Records): Undone | null {
    const entry = this.#undo.at(-1)
    return entry === undefined ? null : takeBack(entry, records, `Undo: ${entry.label}`)
  }

  nextRedo(records: Records): Undone | null {
    const entry = this.#redo.at(-1)
    return entry === undefined ? null : takeBack(entry, records, `Redo: ${entry.label}`)
  }

  undid(transaction: Transaction, diff: Diff): void {
    const entry = this.#undo.pop()
    if (entry !== undefined) this.#redo.push(entryOf(transaction.id, entry.label, diff))
  }

  redid(transaction: Transaction, diff: Diff): void {
    const entry = this.#redo.pop()
    if (entry !== undefined) this.#undo.push(entryOf(transaction.id, entry.label, diff))
  }

  /** An entry that has become empty (all of it changed by others) is dropped. */
  drop(which: 'undo' | 'redo'): void {
    if (which === 'undo') this.#undo.pop()
    else this.#redo.pop()
  }

  /** One's own edit was refused after all: it is not there to be undone. */
  refused(transaction: TransactionId): void {
    this.#undo = this.#undo.filter((entry) => entry.transaction !== transaction)
    this.#redo = this.#redo.filter((entry) => entry.transaction !== transaction)
  }

  /** Somebody else changed texts that are shown: move what can be undone over it. */
  changedByOthers(texts: TextChanges): void {
    if (texts.size === 0) return
    this.#undo = moved(this.#undo, texts)
    this.#redo = moved(this.#redo, texts)
  }
}

function entryOf(transaction: TransactionId, label: string, diff: Diff): Entry {
  const inverse = new Map(diff.text.map(({ id, inverse: json }) => [id, ChangeSet.fromJSON(json)]))
  return { transaction, label, changes: diff.changes, inverse }
}

function moved(stack: readonly Entry[], texts: TextChanges): Entry[] {
  const over = new Map(texts)
  const result: Entry[] = []
  for (const entry of stack.toReversed()) {
    const inverse = new Map(entry.inverse)
    for (const [id, changes] of entry.inverse) {
      const other = over.get(id)
      if (other === undefined || other.length !== changes.length) continue
      inverse.set(id, changes.map(other))
      over.set(id, other.map(changes, true))
    }
    result.push({ ...entry, inverse })
  }
  return result.reverse()
}

type Part = Pick<Transaction, 'put' | 'patch' | 'text' | 'remove'>
const NOTHING: Part = { put: [], patch: [], text: [], remove: [] }

function takeBack(entry: Entry, records: Records, label: string): Undone {
  const id = newId()
  const parts = entry.changes.map((change) => ({ id: change.id, part: partOf(change, entry, records) }))
  const possible = parts.flatMap(({ id: record, part }) => (part === null ? [] : [{ id: record, part }]))
  const whole = assemble(
    id,
    label,
    possible.map(({ part }) => part),
  )
  const kept = tryApply(records, whole) === null ? largest(possible, records, id, label) : possible
  const leftOut = parts.map((part) => part.id).filter((record) => !kept.some((part) => part.id === record))
  return {
    transaction: assemble(
      id,
      label,
      kept.map(({ part }) => part),
    ),
    label: entry.label,
    leftOut,
  }
}

/** As many parts as the rules allow together, tried one after the other until none can be added. */
function largest<P extends { part: Part }>(
  parts: readonly P[],
  records: Records,
  id: TransactionId,
  label: string,
): P[] {
  let kept: P[] = []
  let rest = [...parts]
  for (let grew = true; grew; ) {
    grew = false
    for (const candidate of rest) {
      const together = [...kept, candidate]
      if (
        tryApply(
          records,
          assemble(
            id,
            label,
            together.map(({ part }) => part),
          ),
        ) === null
      )
        continue
      kept = together
      grew = true
    }
    rest = rest.filter((part) => !kept.includes(part))
  }
  return kept
}

function assemble(id: TransactionId, label: string, parts: readonly Part[]): Transaction {
  return {
    id,
    label: label.slice(0, 200),
    put: parts.flatMap((part) => part.put),
    patch: parts.flatMap((part) => part.patch),
    text: parts.flatMap((part) => part.text),
    remove: parts.flatMap((part) => part.remove),
  }
}

/** How one change is taken back now; null when somebody else has changed the same since. */
function partOf({ id, before, after }: Change, entry: Entry, records: Records): Part | null {
  const now = records.get(id) ?? null
  if (before === null) return now !== null && after !== null && same(now, after) ? { ...NOTHING, remove: [id] } : null
  if (after === null) return now === null ? { ...NOTHING, put: [before] } : null
  if (now === null) return null
  const patch = restored(before, after, now)
  const text = restoredText(id, entry, now)
  if (patch === null && text === null) return null
  return { ...NOTHING, patch: patch === null ? [] : [patch], text: text === null ? [] : [text] }
}

/** The changed fields (of maps: entries) that still hold what the edit gave them, with their old values. */
function restored(before: ProjectRecord, after: ProjectRecord, now: ProjectRecord): Patch | null {
  const fields: Record<string, unknown> = {}
  const entries: Record<string, Record<string, unknown>> = {}
  const without: Record<string, string[]> = {}
  for (const [field, value] of Object.entries(before)) {
    const [given, held]: unknown[] = [Reflect.get(after, field), Reflect.get(now, field)]
    if (field === TEXT_FIELDS[before.kind] || same(value, given)) continue
    if (MAP_FIELDS.has(field)) {
      const [old, then, here] = [value, given, held] as [Entries, Entries, Entries]
      const keys = changedKeys(old, then).filter((key) => same(here[key], then[key]))
      const back = keys.filter((key) => Object.hasOwn(old, key))
      if (back.length > 0) entries[field] = Object.fromEntries(back.map((key) => [key, old[key]]))
      if (back.length < keys.length) without[field] = keys.filter((key) => !Object.hasOwn(old, key))
    } else if (same(held, given)) fields[field] = value
  }
  const parts = [fields, entries, without].map((part) => Object.keys(part).length)
  return parts.every((length) => length === 0) ? null : { id: before.id, fields, entries, without }
}

type Entries = Readonly<Record<string, unknown>>

function changedKeys(old: Entries, then: Entries): string[] {
  const keys = new Set([...Object.keys(old), ...Object.keys(then)])
  return [...keys].filter((key) => Object.hasOwn(old, key) !== Object.hasOwn(then, key) || !same(old[key], then[key]))
}

function restoredText(id: RecordId, entry: Entry, now: ProjectRecord): { id: RecordId; changes: unknown[] } | null {
  const changes = entry.inverse.get(id)
  const text = textOf(now)
  if (changes === undefined || text === null || changes.empty || changes.length !== text.length) return null
  return { id, changes: readChanges(changes.toJSON(), text).toJSON() }
}
