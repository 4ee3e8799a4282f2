/** An in-memory server for the document's tests: it orders, maps, applies and answers like the room (docs/spec/document.md). */
import { ChangeSet } from '@codemirror/state'
import type { SocketLike } from '@/api/live'
import type {
  ClientMessage,
  Committed,
  ProjectRecord,
  ServerMessage,
  TextEdit,
  Transaction,
  Version,
} from '@/api/types'
import { apply } from '@/document/apply'
import { type Records, recordMap } from '@/document/records'
import { Refusal } from '@/document/refusal'
import type { ClientId } from '@/lib/ids'

const PERSON = { id: 'ada', name: 'Ada', color: '#6a4fc9' }

/** One end of a connection. Messages wait in `outbox` until the test delivers them, so that it decides the order of things. */
export class Connection implements SocketLike {
  readyState: 0 | 1 | 2 | 3 = 0
  onopen: ((event: Event) => void) | null = null
  onclose: ((event: CloseEvent) => void) | null = null
  onmessage: ((event: MessageEvent) => void) | null = null
  readonly outbox: ServerMessage[] = []
  readonly inbox: ClientMessage[] = []
  client: ClientId = ''

  send(data: string): void {
    this.inbox.push(JSON.parse(data) as ClientMessage)
  }

  close(): void {
    this.readyState = 3
  }

  opened(): void {
    this.readyState = 1
    this.onopen?.(new Event('open'))
  }

  /** The network went away; `code` is the close code that the client sees. */
  lost(code = 1006): void {
    if (this.readyState === 3) return
    this.readyState = 3
    this.onclose?.(Object.assign(new Event('close'), { code }) as CloseEvent)
  }

  /** Hands over the oldest waiting message; false when none waits or the connection is gone. */
  deliver(): boolean {
    if (this.readyState !== 1) return false
    const message = this.outbox.shift()
    if (message === undefined) return false
    this.onmessage?.({ data: JSON.stringify(message) } as MessageEvent)
    return true
  }
}

export class MemoryServer {
  records: Records
  epoch = 'first'
  readonly log: Version[] = []
  readonly connections: Connection[] = []
  edits = 0

  constructor(records: readonly ProjectRecord[]) {
    this.records = recordMap(records)
  }

  get version(): number {
    return this.log.length
  }

  connect = (): Connection => {
    const connection = new Connection()
    this.connections.push(connection)
    return connection
  }

  /** Reads the oldest message of a client; false when none waits. */
  read(connection: Connection): boolean {
    if (connection.readyState !== 1) return false
    const message = connection.inbox.shift()
    if (message === undefined) return false
    if (message.type === 'hello') this.#welcome(connection, message.client, message.epoch, message.version)
    if (message.type === 'edit') this.#edit(connection, message.base, message.transaction)
    return true
  }

  /** Opens and empties every connection until nothing moves any more. */
  settle(): void {
    for (let moved = true; moved; ) {
      moved = false
      for (const connection of this.connections) {
        if (connection.readyState === 0) {
          connection.opened()
          moved = true
        }
        while (this.read(connection) || connection.deliver()) moved = true
      }
    }
  }

  /** Empties one connection alone. */
  settleOne(index: number): void {
    const connection = this.connections[index]
    while (connection !== undefined && (this.read(connection) || connection.deliver()));
  }

  versionsAfter = (version: number): Promise<Version[]> => Promise.resolve(this.log.slice(version))

  /** An edit by somebody who is not connected here. */
  foreign(transaction: Transaction): void {
    this.#commit('elsewhere', transaction)
  }

  #welcome(connection: Connection, client: ClientId, epoch: string | null, version: number | null): void {
    connection.client = client
    const known = epoch === this.epoch && version !== null && this.version - version <= 1000
    connection.outbox.push({
      type: 'welcome',
      project: 'p',
      project_name: 'p',
      branch: 'main',
      epoch: this.epoch,
      version: this.version,
      client,
      person: PERSON,
      people: [],
      records: known ? null : [...this.records.values()],
      missed: known ? this.log.slice(version) : null,
    })
  }

  #edit(connection: Connection, base: number, sent: Transaction): void {
    this.edits += 1
    const before = this.log.find(({ transaction }) => transaction === sent.id)
    if (before !== undefined) {
      connection.outbox.push(committed(before, connection.client, true))
      return
    }
    try {
      this.#commit(connection.client, { ...sent, text: sent.text.map((edit) => this.#mapped(edit, base)) })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const { code, message } = error
      connection.outbox.push({
        type: 'refused',
        transaction: sent.id,
        error: { code, message, hint: '', where: '', marks: [] },
      })
    }
  }

  #commit(client: ClientId, transaction: Transaction): void {
    const { records, diff } = apply(this.records, transaction)
    const { id, label } = transaction
    const time = '2026-11-23T10:00:00Z'
    const version = { version: this.version + 1, transaction: id, label, author: 'ada', author_name: 'Ada', time, diff }
    this.records = records
    this.log.push(version)
    for (const other of this.connections) {
      if (other.readyState === 1 && other.client !== '') other.outbox.push(committed(version, client, false))
    }
  }

  #mapped(edit: TextEdit, base: number): TextEdit {
    let changes = ChangeSet.fromJSON(edit.changes)
    for (const { diff } of this.log.slice(base)) {
      for (const { id, changes: other } of diff.text) {
        if (id === edit.id && changes.length === ChangeSet.fromJSON(other).length)
          changes = changes.map(ChangeSet.fromJSON(other))
      }
    }
    return { id: edit.id, changes: changes.toJSON() }
  }
}

function committed(
  { version, transaction, author, author_name, label, time, diff }: Version,
  client: ClientId,
  repeated: boolean,
): Committed {
  return { type: 'committed', version, transaction, client, author, author_name, label, time, diff, repeated }
}
