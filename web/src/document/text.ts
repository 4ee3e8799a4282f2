/** Text changes: CodeMirror's change sets against one record's text. Positions are UTF-16 units, lines end with LF. */
import { ChangeSet, Text } from '@codemirror/state'
import { Refusal } from './refusal'

export type ChangeSetJson = unknown[]

/** The longest text of a record, in UTF-16 units (DF111). */
export const TEXT_LIMIT = 1_000_000

/** The most sections of all change sets of one edit together (DF111). */
export const SECTION_LIMIT = 10_000

/** Reads a change set and checks it against the text it is for. Refuses with DF109. */
export function readChanges(json: ChangeSetJson, text: string): ChangeSet {
  const changes = parse(json)
  if (changes.length !== text.length) {
    throw new Refusal('DF109', `The change is for a text of ${changes.length} units, this one has ${text.length}.`)
  }
  changes.iterChanges((from, to, _fromB, _toB, inserted) => {
    if (splitsPair(text, from) || splitsPair(text, to)) throw new Refusal('DF109', 'The change splits a character.')
    checkInserted(inserted.toString())
  })
  return changes
}

function parse(json: ChangeSetJson): ChangeSet {
  if (
    json.some((part) => Array.isArray(part) && part.some((line) => typeof line === 'string' && line.includes('\n')))
  ) {
    throw new Refusal('DF109', 'A line of a change holds a line end.')
  }
  try {
    return ChangeSet.fromJSON(json)
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError)
      throw new Refusal('DF109', 'The change cannot be read.')
    throw error
  }
}

function checkInserted(inserted: string): void {
  if (inserted.includes('\r')) throw new Refusal('DF109', 'Lines must end with LF only.')
  if (!inserted.isWellFormed()) throw new Refusal('DF109', 'The change inserts half a character.')
}

/** Whether position `at` lies between the halves of a surrogate pair. */
export function splitsPair(text: string, at: number): boolean {
  return at > 0 && at < text.length && isHigh(text.charCodeAt(at - 1)) && isLow(text.charCodeAt(at))
}

const isHigh = (unit: number) => unit >= 0xd800 && unit <= 0xdbff
const isLow = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff

export function changedText(changes: ChangeSet, text: string): string {
  return changes.apply(toText(text)).toString()
}

export function inverted(changes: ChangeSet, text: string): ChangeSet {
  return changes.invert(toText(text))
}

/** The text in CodeMirror's form; lines end with LF and nothing else. */
export function toText(text: string): Text {
  return Text.of(text.split('\n'))
}

/** The smallest single change from one text to another: what lies between the common beginning and the common end. */
export function difference(before: string, after: string): ChangeSet {
  let start = 0
  const shorter = Math.min(before.length, after.length)
  while (start < shorter && before[start] === after[start]) start += 1
  while (start > 0 && (splitsPair(before, start) || splitsPair(after, start))) start -= 1
  let end = 0
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1
  while (end > 0 && (splitsPair(before, before.length - end) || splitsPair(after, after.length - end))) end -= 1
  const insert = toText(after.slice(start, after.length - end))
  return ChangeSet.of({ from: start, to: before.length - end, insert }, before.length)
}
