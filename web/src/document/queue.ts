/**
 * Where unsent and refused edits survive the closing of a tab: IndexedDB, one entry for each tab, under the project and
 * branch. A tab that opens takes over the entries of tabs that are gone (each living tab holds a lock of its name).
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { Transaction } from '@/api/types'
import type { BranchName, ClientId, ProjectId } from '@/lib/ids'
import type { NotApplied } from './state'

/** What is kept: edits in order, relative to each other, all on the version `base` of the epoch. */
export interface Kept {
  readonly base: number
  readonly epoch: string | null
  readonly edits: readonly Transaction[]
  readonly notApplied: readonly NotApplied[]
}

export interface Queue {
  /** What tabs that are gone have left, oldest first; it is now this tab's to keep. */
  takeOver(): Promise<readonly Kept[]>
  /** Keeps this tab's own. What was taken over is forgotten by it, but for what is in `left`: that is not in `kept` yet. */
  save(kept: Kept, left?: readonly Kept[]): Promise<void>
  close(): void
}

interface Row extends Kept {
  readonly key: string
  readonly room: string
  readonly client: ClientId
  readonly saved: number
}

interface Schema extends DBSchema {
  edits: { key: string; value: Row; indexes: { room: string } }
}

const DATABASE = 'deepforge'

export class StoredQueue implements Queue {
  #database: Promise<IDBPDatabase<Schema>>
  #room: string
  #client: ClientId
  #key: string
  /** The keys of what was taken over and is still stored. */
  #taken = new Map<Kept, string>()
  #release: () => void = () => undefined
  #last: Promise<void> = Promise.resolve()

  constructor(project: ProjectId, branch: BranchName, client: ClientId) {
    this.#room = `${project}/${branch}`
    this.#client = client
    this.#key = `${this.#room}/${client}`
    this.#database = openDatabase()
    this.#hold()
  }

  async takeOver(): Promise<readonly Kept[]> {
    const database = await this.#database
    const rows = await database.getAllFromIndex('edits', 'room', this.#room)
    const living = await livingClients()
    const gone = rows
      .filter(({ key, client }) => key !== this.#key && !living.has(client))
      .sort((a, b) => a.saved - b.saved)
    this.#taken = new Map(
      gone.map(({ key, base, epoch, edits, notApplied }) => [{ base, epoch, edits, notApplied }, key]),
    )
    return [...this.#taken.keys()]
  }

  /** Saves are made in order. One that fails does not hold up the next, which deletes what it should have deleted. */
  save(kept: Kept, left: readonly Kept[] = []): Promise<void> {
    const written = this.#last.then(() => this.#write(kept, left))
    this.#last = written.catch(() => undefined)
    return written
  }

  close(): void {
    this.#release()
    // Where the database never opened, whoever wanted to read or save has been told.
    this.#last.then(async () => (await this.#database).close()).catch(() => undefined)
  }

  async #write(kept: Kept, left: readonly Kept[]): Promise<void> {
    const database = await this.#database
    const { store, done } = database.transaction('edits', 'readwrite')
    const over = [...this.#taken].filter(([taken]) => !left.includes(taken))
    const empty = kept.edits.length + kept.notApplied.length === 0
    const row = { ...kept, key: this.#key, room: this.#room, client: this.#client, saved: Date.now() }
    // All at once: where the transaction is given up, each of them rejects, and none may do so unheard.
    await Promise.all([
      empty ? store.delete(this.#key) : store.put(row),
      ...over.map(([, key]) => store.delete(key)),
      done,
    ])
    for (const [taken] of over) this.#taken.delete(taken)
  }

  #hold(): void {
    const locks = globalThis.navigator?.locks
    if (locks === undefined) return
    const released = (): Promise<void> => new Promise((resolve) => (this.#release = resolve))
    // A browser that refuses locks: then other tabs may send this one's edits too, and the server stores each once.
    locks.request(lockOf(this.#client), released).catch(() => undefined)
  }
}

/** Rejects, and never throws, where the browser allows no database. */
async function openDatabase(): Promise<IDBPDatabase<Schema>> {
  return openDB<Schema>(DATABASE, 1, {
    upgrade(database) {
      database.createObjectStore('edits', { keyPath: 'key' }).createIndex('room', 'room')
    },
  })
}

function lockOf(client: ClientId): string {
  return `deepforge-tab-${client}`
}

/** The tabs that are open now, as far as the browser tells. */
async function livingClients(): Promise<ReadonlySet<ClientId>> {
  const held = (await globalThis.navigator?.locks?.query().catch(() => null))?.held ?? []
  return new Set(
    held.flatMap(({ name }) => (name?.startsWith('deepforge-tab-') ? [name.slice('deepforge-tab-'.length)] : [])),
  )
}

/** The twin that forgets: for tests, and for browsers without IndexedDB. */
export class MemoryQueue implements Queue {
  /** What other tabs left and this one has not taken in. */
  left: readonly Kept[]
  kept: Kept = { base: 0, epoch: null, edits: [], notApplied: [] }

  constructor(left: readonly Kept[] = []) {
    this.left = left
  }

  takeOver(): Promise<readonly Kept[]> {
    return Promise.resolve(this.left)
  }

  save(kept: Kept, left: readonly Kept[] = []): Promise<void> {
    this.kept = kept
    this.left = left
    return Promise.resolve()
  }

  close(): void {}
}
