import { expect, test } from 'vitest'
import { cut } from '@/features/job/console/places'

test.each([
  [
    'a place in the project’s own code is a link',
    '  File "/tmp/a/operations/train.py", line 28, in train',
    '',
    [
      { text: '  ', place: null, match: false },
      {
        text: 'File "/tmp/a/operations/train.py", line 28',
        place: { path: 'operations/train.py', line: 28 },
        match: false,
      },
      { text: ', in train', place: null, match: false },
    ],
  ],
  [
    'a place in a library is not',
    'File "/usr/lib/torch/nn/module.py", line 3',
    '',
    [{ text: 'File "/usr/lib/torch/nn/module.py", line 3', place: null, match: false }],
  ],
  [
    'matches of the search, whatever their case',
    'Loss 0.1 loss',
    'loss',
    [
      { text: 'Loss', place: null, match: true },
      { text: ' 0.1 ', place: null, match: false },
      { text: 'loss', place: null, match: true },
    ],
  ],
])('%s', (_name, text, query, expected) => {
  expect(cut(text, query)).toEqual(expected)
})
