/** Edits that an earlier tab left behind: moved from the version they were made on to the one that is confirmed now. */
import type { ChangeSet } from '@codemirror/state'
import type { Transaction, Version } from '@/api/types'
import type { RecordId } from '@/lib/ids'
import type { Kept } from './queue'
import { moveOver, textsOf } from './replica'
import type { NotApplied } from './state'

export interface CaughtUp {
  readonly edits: readonly Transaction[]
  readonly refused: readonly Pick<NotApplied, 'transaction' | 'error'>[]
}

const OUT_OF_REACH: NotApplied['error'] = {
  code: 'DF109',
  message: 'The text has changed in ways that this edit cannot be moved over.',
  hint: 'Copy your text from here and insert it by hand.',
}

/**
 * The kept edits as they are on `version()`, without those that had been stored after all. Text edits whose history is no
 * longer there are given back as refused, with their text. Rejects while the history cannot be fetched: that is for later.
 */
export async function catchUp(
  kept: Kept,
  epoch: () => string | null,
  version: () => number,
  versionsAfter: (version: number) => Promise<readonly Version[]>,
): Promise<CaughtUp> {
  let edits = kept.edits
  if (kept.epoch === epoch()) {
    let reached = kept.base
    while (reached < version()) {
      const missed = await versionsAfter(reached)
      if (missed.length === 0) break
      for (const { version: number, transaction, diff } of missed) {
        if (number <= reached || number > version()) continue
        const own = edits.some(({ id }) => id === transaction)
        if (own) edits = edits.filter(({ id }) => id !== transaction)
        else edits = movedOver(edits, textsOf(diff))
        reached = number
      }
    }
    if (reached === version() && kept.epoch === epoch()) return { edits, refused: [] }
  }
  const [structural, textual] = [
    edits.filter(({ text }) => text.length === 0),
    edits.filter(({ text }) => text.length > 0),
  ]
  return { edits: structural, refused: textual.map((transaction) => ({ transaction, error: OUT_OF_REACH })) }
}

function movedOver(edits: readonly Transaction[], texts: Map<RecordId, ChangeSet>): Transaction[] {
  return edits.map((edit) => moveOver(edit, texts))
}
