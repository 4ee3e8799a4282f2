// @vitest-environment jsdom
import { describe, expect, it, vi } from 'vitest'
import { foundIn } from '@/app/paletteIndex'

vi.stubGlobal('matchMedia', () => ({
  matches: false,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
}))

describe('search', () => {
  const entries = ['train', 'train (manual)', 'test', 'download-normalize', 'retrain'].map((name) => ({ name }))
  it.each([
    ['', ['train', 'train (manual)', 'test', 'download-normalize', 'retrain']],
    ['train', ['train', 'train (manual)', 'retrain']],
    ['norm', ['download-normalize']],
    ['dnz', ['download-normalize']],
    ['TES', ['test']],
    ['zzz', []],
  ])('finds %j', (query, names) => {
    expect(foundIn(entries, query).map(({ name }) => name)).toEqual(names)
  })
})

describe('log in', () => {
  it.each([
    ['http://127.0.0.1:8888/?token=abc', 'abc'],
    [' abc ', 'abc'],
    ['http://127.0.0.1:8888/', ''],
    ['', ''],
  ])('reads the token of %j', async (text, token) => {
    const { tokenOf } = await import('@/app/Login')
    expect(tokenOf(text)).toBe(token)
  })
})
