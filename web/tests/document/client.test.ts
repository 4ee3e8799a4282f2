/** The optimistic client against an in-memory server: what is shown, what is sent, what survives. */
import { ChangeSet } from '@codemirror/state'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ProjectRecord, Transaction } from '@/api/types'
import { ProjectClient } from '@/document/client'
import { addNode, connect, deleteRecords, setAttribute } from '@/document/commands/pipeline'
import { type Kept, MemoryQueue, type Queue } from '@/document/queue'
import { recordOf, textOf } from '@/document/records'
import { Refusal } from '@/document/refusal'
import { syncOf } from '@/document/state'
import { MemoryServer } from './server'

const RECORDS: ProjectRecord[] = [
  { kind: 'pipeline', id: 'p', name: 'train' },
  { kind: 'operation', id: 'op', name: 'train', code: 'def train():\n    pass\n', color: 'slate' },
  {
    kind: 'node',
    id: 'a',
    pipeline: 'p',
    target: { kind: 'input', artifact: null },
    name: null,
    attributes: {},
    references: {},
  },
  {
    kind: 'node',
    id: 'b',
    pipeline: 'p',
    target: { kind: 'operation', operation: 'op' },
    name: null,
    attributes: {},
    references: {},
  },
]

function join(server: MemoryServer, queue: Queue = new MemoryQueue(), problem: (message: string) => void = () => {}) {
  return new ProjectClient('p', 'main', {
    connect: server.connect,
    queue,
    versionsAfter: (version) => server.versionsAfter(version),
    lists: () => Promise.resolve({ executions: [], artifacts: [] }),
    problem,
  })
}

async function opened(server: MemoryServer, queue: Queue = new MemoryQueue(), problem?: (message: string) => void) {
  const client = join(server, queue, problem)
  await client.open()
  server.settle()
  await vi.advanceTimersByTimeAsync(0)
  server.settle()
  return client
}

const code = (client: ProjectClient) => textOf(recordOf(client.state.records, 'operation', 'op') as ProjectRecord)
const at = (client: ProjectClient, id: string) => recordOf(client.state.records, 'node', id)

function typed(client: ProjectClient, position: number, insert: string): Pick<Transaction, 'label' | 'text'> {
  const length = code(client)?.length ?? 0
  return { label: 'Type', text: [{ id: 'op', changes: ChangeSet.of({ from: position, insert }, length).toJSON() }] }
}

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

describe('editing', () => {
  it('S-310 shows an edit at once and says IN SYNC only when it is stored', async () => {
    const server = new MemoryServer(RECORDS)
    const client = await opened(server)
    expect(syncOf(client.state)).toEqual({ kind: 'in-sync' })
    client.edit(setAttribute(client.state.records, 'b', 'epochs', 3))
    expect(at(client, 'b')?.attributes).toEqual({ epochs: 3 })
    expect(syncOf(client.state)).toEqual({ kind: 'saving', unsent: 1 })
    server.settle()
    expect(syncOf(client.state)).toEqual({ kind: 'in-sync' })
    expect(server.records.get('b')).toEqual(at(client, 'b'))
  })

  it('two clients see each other, and one transaction is in flight at a time', async () => {
    const server = new MemoryServer(RECORDS)
    const [ada, ben] = [await opened(server), await opened(server)]
    ada.edit(setAttribute(ada.state.records, 'b', 'epochs', 1))
    ada.edit(setAttribute(ada.state.records, 'b', 'epochs', 2))
    const [connection] = server.connections
    expect(connection?.inbox.filter(({ type }) => type === 'edit')).toHaveLength(1)
    server.settle()
    expect(at(ben, 'b')?.attributes).toEqual({ epochs: 2 })
    expect(ben.state.version).toBe(2)
  })

  it('moves what is typed here over what is typed there', async () => {
    const server = new MemoryServer(RECORDS)
    const [ada, ben] = [await opened(server), await opened(server)]
    ada.edit(typed(ada, 0, '# ada\n'))
    ada.edit(typed(ada, 6, 'A'))
    ben.edit(typed(ben, 0, '# ben\n'))
    server.settle()
    expect(code(ada)).toBe(code(ben))
    expect(code(ada)).toBe(textOf(server.records.get('op') as ProjectRecord))
    expect(code(ada)).toContain('# ada\nA')
  })

  it('refuses at once what it can know to be wrong, and changes nothing', async () => {
    const client = await opened(new MemoryServer(RECORDS))
    const before = client.state.records
    const wire = { source: 'b', output: 'x', target: 'a', input: 'data' }
    expect(() => client.edit(connect(before, wire))).toThrow(Refusal)
    expect(client.state.records).toBe(before)
    expect(client.state.pending).toEqual([])
  })

  it('keeps what the server refused in the list of edits not applied, with its text, until it is discarded', async () => {
    const server = new MemoryServer(RECORDS)
    const queue = new MemoryQueue()
    const [ada, ben] = [await opened(server, queue), await opened(server)]
    ben.edit(deleteRecords(ben.state.records, ['b']))
    ben.edit({ label: 'Delete train', remove: ['op'] })
    server.settleOne(1)
    ada.edit(typed(ada, 0, 'my text'))
    server.settle()
    expect(ada.state.notApplied).toMatchObject([
      { text: 'my text', error: { code: 'DF101' }, transaction: { label: 'Type' } },
    ])
    expect(queue.kept.notApplied).toHaveLength(1)
    expect(ada.state.undo.undo).toBeNull()
    ada.discard(ada.state.notApplied[0]?.transaction.id ?? '')
    expect(ada.state.notApplied).toEqual([])
    expect(queue.kept.notApplied).toEqual([])
  })
})

describe('losing the connection', () => {
  it('keeps edits while offline, and sends them after the welcome', async () => {
    const server = new MemoryServer(RECORDS)
    const [ada, ben] = [await opened(server), await opened(server)]
    server.connections[0]?.lost()
    ada.edit(typed(ada, 0, '# offline\n'))
    ada.edit(setAttribute(ada.state.records, 'b', 'epochs', 7))
    ben.edit(typed(ben, 0, '# ben\n'))
    server.settle()
    expect(syncOf(ada.state)).toEqual({ kind: 'offline', unsent: 2 })
    await vi.advanceTimersByTimeAsync(1000)
    server.settle()
    expect(syncOf(ada.state)).toEqual({ kind: 'in-sync' })
    expect(ada.state.connection).toEqual({ kind: 'open', again: true })
    expect([code(ben), at(ben, 'b')?.attributes]).toEqual([code(ada), { epochs: 7 }])
  })

  it('does not apply an edit twice whose acknowledgement was lost', async () => {
    const server = new MemoryServer(RECORDS)
    const client = await opened(server)
    client.edit(typed(client, 0, 'once '))
    const [first] = server.connections
    if (first !== undefined) while (server.read(first));
    first?.lost()
    await vi.advanceTimersByTimeAsync(1000)
    server.settle()
    expect([server.version, code(client)?.startsWith('once def')]).toEqual([1, true])
  })

  it('takes the whole document where the server has another epoch, and sends its queue', async () => {
    const server = new MemoryServer(RECORDS)
    const client = await opened(server)
    server.connections[0]?.lost()
    client.edit(setAttribute(client.state.records, 'b', 'epochs', 9))
    server.epoch = 'second'
    await vi.advanceTimersByTimeAsync(1000)
    server.settle()
    expect([at(client, 'b')?.attributes, syncOf(client.state).kind]).toEqual([{ epochs: 9 }, 'in-sync'])
  })

  it('stops for good where the session has ended', async () => {
    const server = new MemoryServer(RECORDS)
    const client = await opened(server)
    server.connections[0]?.lost(4401)
    await vi.advanceTimersByTimeAsync(60_000)
    expect([client.state.connection.kind, server.connections.length]).toEqual(['ended', 1])
  })

  it('gives up a connection that does not acknowledge', async () => {
    const server = new MemoryServer(RECORDS)
    const client = await opened(server)
    client.edit(setAttribute(client.state.records, 'b', 'epochs', 1))
    await vi.advanceTimersByTimeAsync(11_000)
    expect(server.connections.length).toBe(2)
    server.settle()
    expect(syncOf(client.state)).toEqual({ kind: 'in-sync' })
  })
})

describe('what an earlier tab left', () => {
  const edit = (id: string, parts: Partial<Transaction>): Transaction => ({
    id,
    label: id,
    put: [],
    patch: [],
    remove: [],
    text: [],
    ...parts,
  })

  it('is moved over what was stored since, and sent', async () => {
    const server = new MemoryServer(RECORDS)
    const length = textOf(RECORDS[1] as ProjectRecord)?.length ?? 0
    const own = ChangeSet.of({ from: length, insert: '# mine\n' }, length)
    const second = ChangeSet.of({ from: own.newLength, insert: '# more\n' }, own.newLength)
    const kept: Kept = {
      base: 0,
      epoch: 'first',
      notApplied: [],
      edits: [
        edit('k1', { text: [{ id: 'op', changes: own.toJSON() }] }),
        edit('k2', { text: [{ id: 'op', changes: second.toJSON() }] }),
      ],
    }
    server.foreign(
      edit('f', { text: [{ id: 'op', changes: ChangeSet.of({ from: 0, insert: '# theirs\n' }, length).toJSON() }] }),
    )
    const client = await opened(server, new MemoryQueue([kept]))
    expect(textOf(server.records.get('op') as ProjectRecord)).toBe('# theirs\ndef train():\n    pass\n# mine\n# more\n')
    expect(syncOf(client.state)).toEqual({ kind: 'in-sync' })
  })

  it('is not applied again where it had been stored after all', async () => {
    const server = new MemoryServer(RECORDS)
    const stored = edit('k1', { patch: [{ id: 'b', fields: { attributes: { epochs: 1 } } }] })
    server.foreign(stored)
    const client = await opened(server, new MemoryQueue([{ base: 0, epoch: 'first', edits: [stored], notApplied: [] }]))
    expect([server.version, client.state.pending]).toEqual([1, []])
  })

  it('goes to the edits not applied where its text cannot be moved', async () => {
    const server = new MemoryServer(RECORDS)
    const lost = edit('k1', { text: [{ id: 'op', changes: [[0, 'mine'], 3] }] })
    const client = await opened(
      server,
      new MemoryQueue([{ base: 5, epoch: 'long ago', edits: [lost], notApplied: [] }]),
    )
    expect(client.state.notApplied).toMatchObject([{ text: 'mine' }])
  })

  /** Text of an earlier tab, and somebody's edit since; the history between them cannot be fetched. */
  async function unfetched() {
    const server = new MemoryServer(RECORDS)
    const length = textOf(RECORDS[1] as ProjectRecord)?.length ?? 0
    const typing = (insert: string) => [{ id: 'op', changes: ChangeSet.of({ from: 0, insert }, length).toJSON() }]
    const kept: Kept = { base: 0, epoch: 'first', notApplied: [], edits: [edit('k', { text: typing('# mine\n') })] }
    server.foreign(edit('f', { text: typing('# theirs\n') }))
    const { versionsAfter } = server
    server.versionsAfter = () => Promise.reject(new Error('The server is busy.'))
    const [queue, problems] = [new MemoryQueue([kept]), [] as string[]]
    const client = await opened(server, queue, (message) => problems.push(message))
    const answerAgain = () => {
      server.versionsAfter = versionsAfter
    }
    return { server, client, queue, kept, problems, answerAgain }
  }

  const BOTH = '# theirs\n# mine\ndef train():\n    pass\n'

  it('waits, kept, while what was stored since cannot be fetched, beside what is edited here', async () => {
    const { server, client, queue, kept, problems, answerAgain } = await unfetched()
    server.connections[0]?.lost()
    client.edit(setAttribute(client.state.records, 'b', 'epochs', 3))
    expect([client.state.notApplied, queue.left, queue.kept.edits.length]).toEqual([[], [kept], 1])
    await vi.advanceTimersByTimeAsync(1000)
    server.settle()
    await vi.advanceTimersByTimeAsync(20_000)
    expect(problems).toEqual(['Edits of an earlier tab are not sent yet; they are kept. The server is busy.'])
    expect(syncOf(client.state)).toEqual({ kind: 'saving', unsent: 1 })
    answerAgain()
    await vi.advanceTimersByTimeAsync(5000)
    server.settle()
    expect([code(client), syncOf(client.state).kind, client.state.notApplied]).toEqual([BOTH, 'in-sync', []])
    expect([queue.left, queue.kept.edits]).toEqual([[], []])
  })

  it('is tried again at the next welcome', async () => {
    const { server, client, answerAgain } = await unfetched()
    answerAgain()
    server.connections[0]?.lost()
    await vi.advanceTimersByTimeAsync(1000)
    server.settle()
    await vi.advanceTimersByTimeAsync(0)
    server.settle()
    expect([code(client), syncOf(client.state).kind]).toEqual([BOTH, 'in-sync'])
  })

  it('is forgotten where all of it had been stored', async () => {
    const server = new MemoryServer(RECORDS)
    const stored = edit('k1', { patch: [{ id: 'b', fields: { attributes: { epochs: 1 } } }] })
    server.foreign(stored)
    const queue = new MemoryQueue([{ base: 0, epoch: 'first', edits: [stored], notApplied: [] }])
    await opened(server, queue)
    expect(queue.left).toEqual([])
  })

  it('is said to be out of reach where this browser does not give it, and the project opens', async () => {
    const queue = new MemoryQueue()
    queue.takeOver = () => Promise.reject(new Error('Not here.'))
    const problems: string[] = []
    const client = await opened(new MemoryServer(RECORDS), queue, (message) => problems.push(message))
    expect(client.state.loaded).toBe(true)
    expect(problems).toEqual(['Edits that other tabs left cannot be read in this browser: Error: Not here.'])
  })

  it('opens no connection for a project that was closed meanwhile', async () => {
    const server = new MemoryServer(RECORDS)
    const client = join(server)
    const opening = client.open()
    client.close()
    await opening
    expect(server.connections).toEqual([])
  })
})

describe('undo', () => {
  it('takes back one gesture after the other, and does them again', async () => {
    const server = new MemoryServer(RECORDS)
    const client = await opened(server)
    const made = addNode(client.state.records, 'p', { kind: 'output', name: 'net' }, (id) => [
      { source: 'b', output: 'result', target: id, input: 'data' },
    ])
    client.edit(made)
    client.edit(setAttribute(client.state.records, 'b', 'epochs', 3))
    server.settle()
    const after = client.state.records
    expect(client.state.undo).toEqual({ undo: 'Set epochs to 3 in train', redo: null })
    client.undo()
    client.undo()
    expect([...client.state.records]).toEqual(RECORDS.map((record) => [record.id, record]))
    client.redo()
    client.redo()
    server.settle()
    expect(Object.fromEntries(client.state.records)).toEqual(Object.fromEntries(after))
    expect(Object.fromEntries(server.records)).toEqual(Object.fromEntries(after))
  })

  it("leaves out what somebody else has changed since, and takes back one's own typing around theirs", async () => {
    const server = new MemoryServer(RECORDS)
    const [ada, ben] = [await opened(server), await opened(server)]
    ada.edit(setAttribute(ada.state.records, 'b', 'epochs', 3))
    ada.edit(typed(ada, 0, 'ada '))
    server.settle()
    ben.edit(typed(ben, 2, 'BEN'))
    ben.edit(setAttribute(ben.state.records, 'b', 'epochs', 5))
    server.settle()
    ada.undo()
    expect(code(ada)).toBe('BENdef train():\n    pass\n')
    expect(ada.undo()?.leftOut).toEqual(['b'])
    server.settle()
    expect([at(ben, 'b')?.attributes, code(ben)]).toEqual([{ epochs: 5 }, code(ada)])
  })

  it("keeps what two set in one node at the same time, and takes back only one's own of it", async () => {
    const server = new MemoryServer(RECORDS)
    const [ada, ben] = [await opened(server), await opened(server)]
    ada.edit(setAttribute(ada.state.records, 'b', 'epochs', 3))
    ben.edit(setAttribute(ben.state.records, 'b', 'rate', 0.5))
    server.settle()
    expect([at(ada, 'b')?.attributes, at(ben, 'b')?.attributes]).toEqual([
      { epochs: 3, rate: 0.5 },
      { epochs: 3, rate: 0.5 },
    ])
    expect(ada.undo()?.leftOut).toEqual([])
    server.settle()
    expect(at(ben, 'b')?.attributes).toEqual({ rate: 0.5 })
    ada.redo()
    server.settle()
    expect(at(ben, 'b')?.attributes).toEqual({ epochs: 3, rate: 0.5 })
  })

  it('leaves a node that somebody has wired up since', async () => {
    const server = new MemoryServer(RECORDS)
    const [ada, ben] = [await opened(server), await opened(server)]
    const made = addNode(ada.state.records, 'p', { kind: 'output', name: 'net' })
    ada.edit(made)
    server.settle()
    ben.edit(connect(ben.state.records, { source: 'b', output: 'result', target: made.id, input: 'data' }))
    server.settle()
    expect(ada.undo()?.leftOut).toEqual([made.id])
    expect(at(ada, made.id)).not.toBeNull()
  })
})
