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
  save(kept: Kept): Promise<void>
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
  #taken: readonly string[] = []
  #release: () => void = () => undefined
  #last: Promise<void> = Promise.resolve()

  constructor(project: ProjectId, branch: BranchName, client: ClientId) {
    this.#room = `${project}/${branch}`
    this.#client = client
    this.#key = `${this.#room}/${client}`
    this.#database = openDB<Schema>(DATABASE, 1, {
      upgrade(database) {
        database.createObjectStore('edits', { keyPath: 'key' }).createIndex('room', 'room')
      },
    })
    this.#hold()
  }

  async takeOver(): Promise<readonly Kept[]> {
    const database = await this.#database
    const rows = await database.getAllFromIndex('edits', 'room', this.#room)
    const living = await livingClients()
    const gone = rows
      .filter(({ key, client }) => key !== this.#key && !living.has(client))
      .sort((a, b) => a.saved - b.saved)
    this.#taken = gone.map(({ key }) => key)
    return gone.map(({ base, epoch, edits, notApplied }) => ({ base, epoch, edits, notApplied }))
  }

  /** Saves are made in order; what was taken over is deleted with the first one. One that fails does not hold up the next. */
  save(kept: Kept): Promise<void> {
    const written = this.#last.then(() => this.#write(kept))
    this.#last = written.catch(() => undefined)
    return written
  }

  close(): void {
    this.#release()
    void this.#last.then(async () => (await this.#database).close())
  }

  async #write(kept: Kept): Promise<void> {
    const database = await this.#database
    const transaction = database.transaction('edits', 'readwrite')
    for (const key of this.#taken) await transaction.store.delete(key)
    this.#taken = []
    if (kept.edits.length + kept.notApplied.length === 0) await transaction.store.delete(this.#key)
    else
      await transaction.store.put({
        ...kept,
        key: this.#key,
        room: this.#room,
        client: this.#client,
        saved: Date.now(),
      })
    await transaction.done
  }

  #hold(): void {
    const locks = globalThis.navigator?.locks
    if (locks === undefined) return
    void locks.request(lockOf(this.#client), () => new Promise<void>((resolve) => (this.#release = resolve)))
  }
}

function lockOf(client: ClientId): string {
  return `deepforge-tab-${client}`
}

/** The tabs that are open now, as far as the browser tells. */
async function livingClients(): Promise<ReadonlySet<ClientId>> {
  const held = (await globalThis.navigator?.locks?.query())?.held ?? []
  return new Set(
    held.flatMap(({ name }) => (name?.startsWith('deepforge-tab-') ? [name.slice('deepforge-tab-'.length)] : [])),
  )
}

/** The twin that forgets: for tests, and for browsers without IndexedDB. */
export class MemoryQueue implements Queue {
  #left: readonly Kept[]
  kept: Kept = { base: 0, epoch: null, edits: [], notApplied: [] }

  constructor(left: readonly Kept[] = []) {
    this.#left = left
  }

  takeOver(): Promise<readonly Kept[]> {
    return Promise.resolve(this.#left)
  }

  save(kept: Kept): Promise<void> {
    this.kept = kept
    return Promise.resolve()
  }

  close(): void {}
}
