/** Both languages agree: the server runs the same tables (tests/golden). */
import { readFileSync } from 'node:fs'
import { ChangeSet } from '@codemirror/state'
import { describe, expect, it } from 'vitest'
import type { ProjectRecord, Transaction } from '@/api/types'
import { apply } from '@/document/apply'
import { recordMap } from '@/document/records'
import { Refusal } from '@/document/refusal'
import { changedText } from '@/document/text'

function golden<Case>(name: string): Case[] {
  return JSON.parse(readFileSync(`${import.meta.dirname}/../../../tests/golden/${name}.json`, 'utf8')) as Case[]
}

interface StructureCase {
  readonly name: string
  readonly records: ProjectRecord[]
  readonly transaction: Partial<Transaction>
  readonly refused: string | null
  readonly records_after: ProjectRecord[] | null
}

describe('structure', () => {
  it.each(golden<StructureCase>('structure'))('$name', ({ records, transaction, refused, records_after }) => {
    const outcome = run(records, transaction)
    expect(outcome).toEqual({ refused, records: records_after })
  })
})

function run(records: ProjectRecord[], parts: Partial<Transaction>) {
  try {
    const transaction = { id: 't', label: '', put: [], patch: [], remove: [], text: [], ...parts }
    const after = apply(recordMap(records), transaction).records
    return { refused: null, records: [...after.values()].sort((a, b) => (a.id < b.id ? -1 : 1)) }
  } catch (error) {
    if (error instanceof Refusal) return { refused: error.code, records: null }
    throw error
  }
}

interface ChangeCase {
  readonly name: string
  readonly text: string
  readonly a: unknown[]
  readonly b: unknown[]
  readonly composed: unknown[]
  readonly a_over_b: unknown[]
  readonly b_over_a: unknown[]
  readonly text_after: string
}

describe('change sets', () => {
  it.each(golden<ChangeCase>('changesets'))('$name', ({ text, a, b, composed, a_over_b, b_over_a, text_after }) => {
    const [first, second] = [ChangeSet.fromJSON(a), ChangeSet.fromJSON(b)]
    const mapped = second.map(first)
    expect({
      composed: first.compose(mapped).toJSON(),
      a_over_b: first.map(second, true).toJSON(),
      b_over_a: mapped.toJSON(),
      text_after: changedText(first.compose(mapped), text),
    }).toEqual({ composed, a_over_b, b_over_a, text_after })
  })
})
