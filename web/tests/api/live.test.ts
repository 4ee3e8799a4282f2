import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LiveSocket, liveUrl, PAUSES } from '@/api/live'
import { Connection } from '../document/server'

let connections: Connection[] = []
let events: string[] = []

function socket(): LiveSocket {
  return new LiveSocket(
    {
      hello: () => ({ type: 'hello', client: 'c', epoch: null, version: null }),
      message: ({ type }) => events.push(type),
      connecting: (attempt) => events.push(`connecting ${attempt}`),
      ended: (code) => events.push(`ended ${code}`),
    },
    () => {
      const connection = new Connection()
      connections.push(connection)
      return connection
    },
  )
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  connections = []
  events = []
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('LiveSocket', () => {
  it('says hello first, and tries again with growing pauses', () => {
    socket().open()
    connections[0]?.opened()
    expect(connections[0]?.inbox).toEqual([{ type: 'hello', client: 'c', epoch: null, version: null }])
    for (const pause of PAUSES) {
      connections.at(-1)?.lost()
      const before = connections.length
      vi.advanceTimersByTime(pause - 1)
      expect(connections.length).toBe(before)
      vi.advanceTimersByTime(1)
      expect(connections.length).toBe(before + 1)
    }
  })

  it.each([4401, 4403, 4404])('stops for good at %i', (code) => {
    socket().open()
    connections[0]?.opened()
    connections[0]?.lost(code)
    vi.advanceTimersByTime(120_000)
    expect([connections.length, events]).toEqual([1, ['connecting 0', `ended ${code}`]])
  })

  it('comes back after a fault of the server (4500), and not at once', () => {
    socket().open()
    connections[0]?.opened()
    connections[0]?.lost(4500)
    vi.advanceTimersByTime(1_999)
    expect(connections.length).toBe(1)
    vi.advanceTimersByTime(1)
    expect(connections.length).toBe(2)
  })

  it('gives up an attempt that is never welcomed', () => {
    socket().open()
    connections[0]?.opened()
    vi.advanceTimersByTime(10_000 + PAUSES[0])
    expect(connections.length).toBe(2)
  })

  it('listens no more to a connection that it gave up', () => {
    const live = socket()
    live.open()
    const [first] = connections
    first?.opened()
    live.retry()
    first?.outbox.push({ type: 'left', client: 'x' })
    first?.deliver()
    expect(events).toEqual(['connecting 0', 'connecting 1'])
    live.close()
    vi.advanceTimersByTime(60_000)
    expect(connections.length).toBe(2)
  })
})

it('finds the socket on the page’s own server', () => {
  expect(liveUrl('p 1', 'main', 'https://deepforge.example')).toBe(
    'wss://deepforge.example/api/projects/p%201/live?branch=main',
  )
})
