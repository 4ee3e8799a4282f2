import { expect, test } from 'vitest'
import { guessType, secondsLeft } from '@/features/artifacts/uploads'

test.each([
  ['nothing sent yet', { size: 100, sent: 0, began: 0 }, 5000, null],
  ['too early to say', { size: 100, sent: 50, began: 0 }, 100, null],
  ['half sent in two seconds', { size: 100, sent: 50, began: 0 }, 2000, 2],
])('how long an upload takes: %s', (_name, sending, now, expected) => {
  expect(secondsLeft(sending, now)).toBe(expected)
})

test.each([
  ['notes.txt', 'Text'],
  ['classes.JSON', 'Json'],
  ['digits.csv.gz', 'File'],
  ['no_ending', 'File'],
])('S-210: %s is offered as %s', (file, expected) => {
  expect(guessType(file, ['File', 'Json', 'Text', 'Model'])).toBe(expected)
})
