/** Graphs put together from fetched and arriving points, also when fetching fails. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { GraphState, LinePoints } from '@/api/types'
import { Pulse } from '@/features/execution/pulse'
import { JobFeed } from '@/features/job/feed'
import { LineFeeds } from '@/ui/chart/feeds'

function packed(...numbers: number[]): string {
  return btoa(String.fromCharCode(...new Uint8Array(new Float64Array(numbers).buffer)))
}

/** A server that refuses to give a line `failures` times, then gives `count` points. */
function line(failures: number, count: number) {
  const points = packed(...Array.from({ length: count }, (_, at) => [at, at * 10]).flat())
  const asked: number[] = []
  const fetch = (number: number): Promise<LinePoints> => {
    asked.push(number)
    if (asked.length <= failures) return Promise.reject(new Error('The server is busy.'))
    return Promise.resolve({ line: number, count, reduced: false, points })
  }
  return { asked, fetch }
}

const GRAPH: GraphState = { graph: 0, name: 'Training', x: '', y: '', lines: [{ line: 7, name: 'loss', count: 2 }] }
const came = (first: number) => ({ kind: 'points' as const, line: 7, first, points: packed(first, first * 10) })

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

describe('lines of a watched job', () => {
  test('what could not be fetched is fetched again after growing pauses, and nothing is drawn twice or left out', async () => {
    const { asked, fetch } = line(2, 4)
    const fetched = vi.fn()
    const feeds = new LineFeeds(fetch, fetched, () => true)
    feeds.begin([GRAPH])
    feeds.record(came(2))
    await vi.advanceTimersByTimeAsync(1000)
    feeds.record(came(3))
    expect([asked.length, feeds.graphs[0]?.lines[0]?.points.xs]).toEqual([2, []])
    await vi.advanceTimersByTimeAsync(2000)
    feeds.record(came(4))
    expect(feeds.graphs[0]?.lines[0]?.points).toEqual({ xs: [0, 1, 2, 3, 4], ys: [0, 10, 20, 30, 40] })
    expect([asked.length, fetched.mock.calls.length]).toEqual([3, 1])
  })

  test('nothing is asked for again when nobody looks any more', async () => {
    const { asked, fetch } = line(9, 0)
    const feeds = new LineFeeds(
      fetch,
      () => undefined,
      () => false,
    )
    feeds.begin([GRAPH])
    await vi.advanceTimersByTimeAsync(60_000)
    expect(asked).toEqual([7])
  })

  test('a connection that was made anew begins anew, and what was asked for before counts no more', async () => {
    const { asked, fetch } = line(1, 2)
    const feeds = new LineFeeds(
      fetch,
      () => undefined,
      () => true,
    )
    feeds.begin([GRAPH])
    await vi.advanceTimersByTimeAsync(0)
    feeds.begin([GRAPH])
    await vi.advanceTimersByTimeAsync(60_000)
    expect([asked, feeds.graphs[0]?.lines[0]?.points.xs]).toEqual([
      [7, 7],
      [0, 1],
    ])
  })

  test.each([
    ['the job', (fetch: (line: number) => Promise<LinePoints>) => new JobFeed(fetch)],
    ['the pulse', (fetch: (line: number) => Promise<LinePoints>) => new Pulse(fetch)],
  ] as const)('the graph of %s fills when the server answers again', async (_name, made) => {
    const feed = made(line(1, 2).fetch)
    const changed = vi.fn()
    feed.subscribe(changed)
    const attempt = { job: 'j', attempt: 'a' }
    feed.watching({
      type: 'watching',
      ...attempt,
      feedback: { ...attempt, graphs: [GRAPH], images: [], progress: null },
    })
    await vi.advanceTimersByTimeAsync(1000)
    const state = feed.current()
    const graph = 'graphs' in state ? state.graphs[0] : state.graph
    expect([graph?.lines[0]?.points.xs, changed.mock.calls.length]).toEqual([[0, 1], 2])
  })
})
