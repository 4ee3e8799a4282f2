/** The clipboard of pages that have one, have none, or are not allowed to use it. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import { readClipboard, writeClipboard } from '@/ui/clipboard'
import { dismissAll, useNotices } from '@/ui/notifications'

const denied = () => Promise.reject(new DOMException('Denied.', 'NotAllowedError'))

afterEach(() => {
  vi.unstubAllGlobals()
  dismissAll()
})

describe('the clipboard', () => {
  test('is written and read', async () => {
    let held = ''
    const writeText = async (text: string) => {
      held = text
    }
    const clipboard = { writeText, readText: async () => held }
    vi.stubGlobal('navigator', { clipboard })
    expect([await writeClipboard('my text'), await readClipboard()]).toEqual([true, 'my text'])
    expect(useNotices.getState().notices).toEqual([])
  })

  test.each([
    ['is not there', undefined],
    ['is not allowed', { writeText: denied, readText: denied }],
  ])('is said to be closed where it %s', async (_name, clipboard) => {
    vi.stubGlobal('navigator', { clipboard })
    expect([await writeClipboard('my text'), await readClipboard()]).toEqual([false, null])
    expect(useNotices.getState().notices.map(({ title }) => title)).toEqual(['The clipboard is closed'])
  })
})
