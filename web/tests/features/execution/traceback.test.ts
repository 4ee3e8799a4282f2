import { expect, test } from 'vitest'
import { ownFrames } from '@/features/execution/traceback'

const CHAINED = `Traceback (most recent call last):
  File "operations/load.py", line 3, in load
    raise ValueError
ValueError

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "operations/train.py", line 28, in train
    loss = criterion(net(images), labels)
           ~~~~~~~~~^^^^^^^^^^^^^^^^^^^^^
  File "/usr/lib/python3/site-packages/torch/nn/modules/module.py", line 1751, in _wrapped_call_impl
    return self._call_impl(*args, **kwargs)
  File "architectures/net.py", line 9, in forward
    x = self.left(x)
KeyError: 'labels'
`

test('the calls in the user’s own files are kept, of the last error', () => {
  expect(ownFrames(CHAINED)).toEqual([
    { file: 'operations/train.py', line: 28, inside: 'train', code: 'loss = criterion(net(images), labels)' },
    { file: 'architectures/net.py', line: 9, inside: 'forward', code: 'x = self.left(x)' },
  ])
})

test.each(['', 'The artifact "x" could not be read. Choose another.\n'])('%j has no calls', (text) => {
  expect(ownFrames(text)).toEqual([])
})
