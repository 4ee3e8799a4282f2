import { describe, expect, test } from 'vitest'
import type { FeedbackRecord, LinePoints } from '@/api/types'
import { JobFeed } from '@/features/job/feed'

function packed(...numbers: number[]): string {
  return btoa(String.fromCharCode(...new Uint8Array(new Float64Array(numbers).buffer)))
}

const GRAPH = { graph: 0, name: 'Training Error', x: '', y: '' }

function watching(count: number) {
  const graphs = [{ ...GRAPH, lines: [{ line: 0, name: 'error', count }] }]
  const feedback = { job: 'j', attempt: 'a', graphs, images: [], progress: null }
  return { type: 'watching' as const, job: 'j', attempt: 'a', feedback }
}

function came(...records: FeedbackRecord[]) {
  return { type: 'feedback' as const, job: 'j', attempt: 'a', records }
}

function log(offset: number, text: string) {
  return { type: 'log' as const, job: 'j', attempt: 'a', offset, next: offset + text.length, text }
}

const none = async (): Promise<LinePoints> => ({ line: 0, count: 0, reduced: false, points: '' })

describe('S-192: what a job reports is put together as it comes', () => {
  test('S-110, S-112..S-115: graphs, lines, labels and points', () => {
    const feed = new JobFeed(none)
    feed.watching({ type: 'watching', job: 'j', attempt: 'a', feedback: null })
    feed.feedback(
      came(
        { kind: 'graph', graph: 0, name: 'Training Error' },
        { kind: 'line', graph: 0, line: 0, name: 'error' },
        { kind: 'axes', graph: 0, x: 'epoch', y: null },
        { kind: 'points', line: 0, first: 0, points: packed(1, 0.5, 2, Number.NaN) },
      ),
    )
    expect(feed.current().graphs).toEqual([
      { ...GRAPH, x: 'epoch', lines: [{ line: 0, name: 'error', points: { xs: [1, 2], ys: [0.5, Number.NaN] } }] },
    ])
  })

  test('points that come while earlier ones are fetched are drawn once and in order', async () => {
    let answer: (points: LinePoints) => void = () => {}
    const feed = new JobFeed(() => new Promise((resolve) => (answer = resolve)))
    feed.watching(watching(2))
    feed.feedback(came({ kind: 'points', line: 0, first: 1, points: packed(2, 20, 3, 30) }))
    answer({ line: 0, count: 2, reduced: false, points: packed(1, 10, 2, 20) })
    await expect.poll(() => feed.current().graphs[0]?.lines[0]?.points).toEqual({ xs: [1, 2, 3], ys: [10, 20, 30] })
  })

  test('S-116..S-118: an image is drawn, redrawn and retitled', () => {
    const feed = new JobFeed(none)
    const image = { kind: 'image' as const, image: 0, png: null }
    feed.watching({ type: 'watching', job: 'j', attempt: 'a', feedback: null })
    feed.feedback(came({ ...image, title: 'filters', blob: null, width: 0, height: 0 }))
    feed.feedback(came({ ...image, title: null, blob: 'ab', width: 8, height: 4 }))
    feed.feedback(came({ ...image, title: 'first filters', blob: null, width: 0, height: 0 }))
    expect(feed.current().images).toEqual([
      { image: 0, title: 'first filters', drawn: true, width: 8, height: 4, revision: 1 },
    ])
  })

  test('console text that was already shown is not shown again, and a gap is counted', () => {
    const feed = new JobFeed(none)
    feed.log(log(0, 'one\n'))
    feed.log(log(0, 'one\n'))
    feed.log(log(104, 'two\n'))
    const { screen, skipped } = feed.current()
    const lines = screen.lines.map((line) => line.map((span) => span.text).join(''))
    expect({ lines, skipped }).toEqual({ lines: ['one', '', 'two', ''], skipped: 100 })
  })

  test('after a lost connection the console goes on where it was', () => {
    const feed = new JobFeed(none)
    feed.watching(watching(0))
    feed.log(log(0, 'one\n'))
    feed.watching(watching(0))
    feed.log(log(feed.logOffset(), 'two'))
    const texts = feed.current().screen.lines.map((line) => line.map((span) => span.text).join(''))
    expect(texts).toEqual(['one', 'two'])
  })
})
