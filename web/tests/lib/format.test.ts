import { describe, expect, it } from 'vitest'
import {
  elapsed,
  formatBytes,
  formatCount,
  formatDuration,
  formatNumber,
  formatShape,
  formatTime,
  formatWhen,
} from '@/lib/format'

describe('formatDuration', () => {
  it.each([
    [0, '0 ms'],
    [0.0423, '42 ms'],
    [0.0997, '0.1 s'],
    [1, '1 s'],
    [4.25, '4.3 s'],
    [9.96, '10 s'],
    [59.6, '1 m'],
    [108, '1 m 48 s'],
    [3599.7, '1 h'],
    [3660, '1 h 1 m'],
    [90_000, '1 d 1 h'],
    [-1, '0 s'],
    [Number.NaN, '0 s'],
  ])('%d seconds is %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text)
  })
})

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 kB'],
    [1500, '1.5 kB'],
    [146_000_000, '146 MB'],
    [999_600_000, '1 GB'],
    [2.5e15, '2.5 PB'],
  ])('%d bytes is %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })
})

describe('times', () => {
  const now = new Date(2026, 10, 22, 15, 0)
  it.each([
    [new Date(2026, 10, 22, 10, 2), 'today 10:02', '10:02'],
    [new Date(2026, 10, 21, 23, 59), 'yesterday 23:59', '21 Nov'],
    [new Date(2026, 10, 20, 9, 0), '20 Nov', '20 Nov'],
    [new Date(2025, 0, 3, 9, 0), '3 Jan 2025', '3 Jan 2025'],
  ])('%s', (date, when, time) => {
    expect([formatWhen(date, now), formatTime(date, now)]).toEqual([when, time])
  })

  it('counts from the start until the end or now', () => {
    const started = '2026-11-22T10:00:00Z'
    expect([
      elapsed(null, null),
      elapsed(started, '2026-11-22T10:01:48Z'),
      elapsed(started, null, new Date('2026-11-22T10:00:05Z')),
      elapsed(started, null, new Date('2026-11-22T09:59:00Z')),
    ]).toEqual([null, 108, 5, 0])
  })
})

it('writes shapes, counts and numbers', () => {
  expect([
    formatShape([3, 32, 32]),
    formatShape([]),
    formatCount(0, 'execution'),
    formatCount(1, 'execution'),
    formatCount(1797, 'execution'),
    formatNumber(0.12345678),
    formatNumber(Number.NaN),
  ]).toEqual(['3×32×32', 'scalar', 'no executions', '1 execution', '1 797 executions', '0.123457', 'NaN'])
})
