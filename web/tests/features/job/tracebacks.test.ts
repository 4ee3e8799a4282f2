import { expect, test } from 'vitest'
import { Screen } from '@/features/job/console/screen'
import { Tracebacks } from '@/features/job/console/tracebacks'

const TEXT = `epoch 1
Traceback (most recent call last):
  File "operations/train.py", line 28, in train
    loss = criterion(net(images), labels)
           ~~~~~~~~~^^^^^^^^^^^^^^^^^^^^^
ValueError: 3 is not 4
epoch 2
  + Exception Group Traceback (most recent call last):
  |   File "operations/train.py", line 2, in train
  | ExceptionGroup: two (2 sub-exceptions)
  +-+---------------- 1 ----------------
`

test('heads and exceptions of tracebacks are marked, whole lines only, wherever the text is cut', () => {
  const screen = new Screen()
  const tracebacks = new Tracebacks(screen)
  for (const part of TEXT.match(/.{1,17}/gs) ?? []) {
    screen.write(part)
    tracebacks.read()
  }
  expect([...tracebacks.read()]).toEqual([1, 5, 7, 9])
})
