import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type Kept, StoredQueue } from '@/document/queue'

const held = new Map<string, () => void>()

/** The browser's locks, as far as the queue uses them. */
const locks = {
  request: (name: string, run: () => Promise<void>) => {
    held.set(name, () => undefined)
    return run().then(() => held.delete(name))
  },
  query: () => Promise.resolve({ held: [...held.keys()].map((name) => ({ name })) }),
}

function kept(id: string): Kept {
  const edit = { id, label: id, put: [], patch: [], text: [], remove: [] }
  return { base: 3, epoch: 'e', edits: [edit], notApplied: [] }
}

async function closed(queue: StoredQueue, client: string): Promise<void> {
  queue.close()
  await vi.waitFor(() => expect(held.has(`deepforge-tab-${client}`)).toBe(false))
}

beforeEach(() => vi.stubGlobal('navigator', { locks }))

describe('StoredQueue', () => {
  it('keeps unsent edits when the tab is closed, for the next tab of the same project and branch', async () => {
    const first = new StoredQueue('p', 'main', 'tab1')
    await first.save(kept('a'))
    const beside = new StoredQueue('p', 'main', 'tab2')
    expect(await beside.takeOver()).toEqual([])
    await closed(first, 'tab1')
    const other = new StoredQueue('p', 'other', 'tab3')
    expect(await other.takeOver()).toEqual([])
    const next = new StoredQueue('p', 'main', 'tab4')
    expect(await next.takeOver()).toEqual([kept('a')])
    for (const [queue, name] of [
      [beside, 'tab2'],
      [other, 'tab3'],
      [next, 'tab4'],
    ] as const)
      await closed(queue, name)
  })

  it('forgets what was taken over with the first save, and what was sent', async () => {
    const first = new StoredQueue('q', 'main', 'tab1')
    await first.save(kept('a'))
    await closed(first, 'tab1')
    const second = new StoredQueue('q', 'main', 'tab2')
    await second.takeOver()
    await second.save(kept('b'))
    await second.save({ ...kept('b'), edits: [] })
    await closed(second, 'tab2')
    expect(await new StoredQueue('q', 'main', 'tab3').takeOver()).toEqual([])
  })

  it('goes on after a save that failed, and still forgets what was taken over', async () => {
    const first = new StoredQueue('r', 'main', 'tab1')
    await first.save(kept('a'))
    await closed(first, 'tab1')
    const second = new StoredQueue('r', 'main', 'tab2')
    await second.takeOver()
    const full = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementationOnce(() => {
      throw new DOMException('There is no space.', 'QuotaExceededError')
    })
    await expect(second.save(kept('b'))).rejects.toThrow('There is no space.')
    full.mockRestore()
    await second.save(kept('c'))
    await closed(second, 'tab2')
    expect(await new StoredQueue('r', 'main', 'tab3').takeOver()).toEqual([kept('c')])
  })

  it('keeps what was taken over and is not sent yet beside its own', async () => {
    const first = new StoredQueue('s', 'main', 'tab1')
    await first.save(kept('a'))
    await closed(first, 'tab1')
    const second = new StoredQueue('s', 'main', 'tab2')
    await second.save(kept('b'), await second.takeOver())
    await closed(second, 'tab2')
    const third = new StoredQueue('s', 'main', 'tab3')
    expect(await third.takeOver()).toEqual([kept('a'), kept('b')])
  })

  it('rejects each save where the browser has no database, and nothing besides', async () => {
    const open = vi.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new DOMException('Not here.', 'SecurityError')
    })
    const queue = new StoredQueue('t', 'main', 'tab1')
    await expect(queue.takeOver()).rejects.toThrow('Not here.')
    await expect(queue.save(kept('a'))).rejects.toThrow('Not here.')
    open.mockRestore()
    await closed(queue, 'tab1')
  })
})
