/**
 * One client's copy of a branch: what the server has confirmed, and one's own edits that it has not stored yet. It shows the
 * one with the others applied, and moves the pending edits over what others did (docs/spec/document.md, "Order").
 */
import { ChangeSet } from '@codemirror/state'
import type { Diff, TextEdit, Transaction, Version } from '@/api/types'
import type { RecordId, TransactionId } from '@/lib/ids'
import { type Applied, apply, applyDiff, same, tryApply } from './apply'
import { NO_RECORDS, type Records, textOf } from './records'
import { difference } from './text'
import type { TextChanges } from './undo'

export interface Pending {
  readonly transaction: Transaction
  /** What it changes now; null while a rule forbids it (the server decides in the end). */
  readonly diff: Diff | null
}

export type Commit = Pick<Version, 'version' | 'transaction' | 'diff'>

const NO_TEXTS: TextChanges = new Map()

export class Replica {
  #confirmed: Records = NO_RECORDS
  #shown: Records = NO_RECORDS
  #pending: readonly Pending[] = []
  #version = 0

  get version(): number {
    return this.#version
  }

  get shown(): Records {
    return this.#shown
  }

  get confirmed(): Records {
    return this.#confirmed
  }

  get pending(): readonly Pending[] {
    return this.#pending
  }

  /** The whole document came. What is pending stays, its text moved over the difference. Returns how shown texts changed. */
  replace(records: Records, version: number): TextChanges {
    const texts = this.#rebase(differences(this.#confirmed, records), 0)
    this.#confirmed = records
    this.#version = version
    this.#show()
    return texts
  }

  /** One's own edit, shown at once. Throws `Refusal` and changes nothing where a rule forbids it. */
  edit(transaction: Transaction): Applied {
    const applied = apply(this.#shown, transaction)
    this.#pending = [...this.#pending, { transaction, diff: applied.diff }]
    this.#shown = applied.records
    return applied
  }

  /**
   * The server stored an edit: somebody's, or one's own (then it is pending no longer). Returns how shown texts changed by it.
   * What is known already (a repeated acknowledgement) only takes the edit from the pending ones.
   */
  committed({ version, transaction, diff }: Commit): TextChanges {
    const own = this.#pending.findIndex((pending) => pending.transaction.id === transaction)
    if (version <= this.#version) return own < 0 ? NO_TEXTS : this.#without(own)
    this.#confirmed = applyDiff(this.#confirmed, diff)
    this.#version = version
    const head = this.#pending[0]
    if (own === 0 && head !== undefined && same(head.diff, diff)) {
      this.#pending = this.#pending.slice(1)
      return NO_TEXTS
    }
    if (own >= 0) this.#without(own)
    const texts = this.#rebase(textsOf(diff), 0)
    this.#show()
    return texts
  }

  /** An edit is pending no longer and changed nothing: it was refused. Returns how shown texts changed by that. */
  drop(transaction: TransactionId): TextChanges {
    const own = this.#pending.findIndex((pending) => pending.transaction.id === transaction)
    return own < 0 ? NO_TEXTS : this.#without(own)
  }

  /** Takes in edits of an earlier tab, made on the version that is confirmed now; they come after what is pending. */
  adopt(transactions: readonly Transaction[]): void {
    const over = new Map<RecordId, ChangeSet>()
    for (const { transaction } of this.#pending) {
      for (const { id, changes } of transaction.text) {
        const own = ChangeSet.fromJSON(changes)
        const before = over.get(id)
        over.set(id, before === undefined || before.newLength !== own.length ? own : before.compose(own))
      }
    }
    const mapped = transactions.map((transaction) => moveOver(transaction, over))
    this.#pending = [...this.#pending, ...mapped.map((transaction) => ({ transaction, diff: null }))]
    this.#show()
  }

  #without(at: number): TextChanges {
    const diff = this.#pending[at]?.diff
    const back = new Map((diff?.text ?? []).map(({ id, inverse }) => [id, ChangeSet.fromJSON(inverse)]))
    this.#pending = this.#pending.filter((_, index) => index !== at)
    const texts = this.#rebase(back, at)
    this.#show()
    return texts
  }

  /** Moves the text of pending edits from `from` on over changes below them; returns the changes as they are above them. */
  #rebase(below: TextChanges, from: number): TextChanges {
    if (below.size === 0) return NO_TEXTS
    const over = new Map(below)
    this.#pending = this.#pending.map((pending, index) =>
      index < from ? pending : { ...pending, transaction: moveOver(pending.transaction, over) },
    )
    return over
  }

  #show(): void {
    let shown = this.#confirmed
    this.#pending = this.#pending.map(({ transaction }) => {
      const applied = tryApply(shown, transaction)
      shown = applied?.records ?? shown
      return { transaction, diff: applied?.diff ?? null }
    })
    this.#shown = shown
  }
}

/** The transaction with its text moved over `over`, and `over` moved over its text: first the other, then this. */
export function moveOver(transaction: Transaction, over: Map<RecordId, ChangeSet>): Transaction {
  if (!transaction.text.some(({ id }) => over.has(id))) return transaction
  const text = transaction.text.map(({ id, changes: json }): TextEdit => {
    const other = over.get(id)
    const own = ChangeSet.fromJSON(json)
    if (other === undefined || other.length !== own.length) return { id, changes: json }
    over.set(id, other.map(own, true))
    return { id, changes: own.map(other).toJSON() }
  })
  return { ...transaction, text }
}

/** The text changes of a diff, by record. */
export function textsOf(diff: Diff): Map<RecordId, ChangeSet> {
  const texts = new Map<RecordId, ChangeSet>()
  for (const { id, changes } of diff.text) {
    const next = ChangeSet.fromJSON(changes)
    texts.set(id, texts.get(id)?.compose(next) ?? next)
  }
  return texts
}

function differences(before: Records, after: Records): TextChanges {
  const texts = new Map<RecordId, ChangeSet>()
  for (const record of before.values()) {
    const now = after.get(record.id)
    const [old, text] = [textOf(record), now === undefined ? null : textOf(now)]
    if (old !== null && text !== null && old !== text) texts.set(record.id, difference(old, text))
  }
  return texts
}
