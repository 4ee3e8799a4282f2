/** Random clients, edits, orders of delivery and lost connections: in the end everybody has what the server has. */
import { ChangeSet } from '@codemirror/state'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ProjectRecord } from '@/api/types'
import { ProjectClient } from '@/document/client'
import { addNode, connect, deleteRecords, setAttribute } from '@/document/commands/pipeline'
import { MemoryQueue } from '@/document/queue'
import { pipelineGraph, recordOf } from '@/document/records'
import { Refusal } from '@/document/refusal'
import { splitsPair } from '@/document/text'
import { MemoryServer } from './server'

const SEEDS = Array.from({ length: 60 }, (_, index) => index + 1)
const STEPS = 120

const RECORDS: ProjectRecord[] = [
  { kind: 'pipeline', id: 'p', name: 'train' },
  { kind: 'operation', id: 'op', name: 'train', code: 'def train():\n    return "é𝄞"\n', color: 'slate' },
  { kind: 'operation', id: 'op2', name: 'test', code: '', color: 'teal' },
]

/** A small generator of repeatable random numbers (mulberry32). */
function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

type Pick = ReturnType<typeof random>

function act(client: ProjectClient, pick: Pick): void {
  const { records } = client.state
  const graph = pipelineGraph(records, 'p')
  const node = () => graph?.nodes[pick(Math.max(1, graph.nodes.length))]?.id ?? 'none'
  const actions: (() => unknown)[] = [
    () => client.edit(addNode(records, 'p', { kind: 'operation', operation: 'op' })),
    () => client.edit(connect(records, { source: node(), output: 'out', target: node(), input: `in${pick(2)}` })),
    () => client.edit(setAttribute(records, node(), 'epochs', pick(9))),
    () => client.edit(deleteRecords(records, [node()])),
    () => type(client, pick),
    () => type(client, pick),
    () => client.undo(),
    () => client.redo(),
  ]
  try {
    actions[pick(actions.length)]?.()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
  }
}

function type(client: ProjectClient, pick: Pick): void {
  const id = pick(2) === 0 ? 'op' : 'op2'
  const text = recordOf(client.state.records, 'operation', id)?.code ?? ''
  const snap = (at: number) => (splitsPair(text, at) ? at - 1 : at)
  const [first, second] = [snap(pick(text.length + 1)), snap(pick(text.length + 1))]
  const insert = ['', 'x', 'längst', '\n', '🙂', 'a\nb'][pick(6)] ?? ''
  const changes = ChangeSet.of({ from: Math.min(first, second), to: Math.max(first, second), insert }, text.length)
  client.edit({ label: 'Type', text: [{ id, changes: changes.toJSON() }] })
}

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

describe('fuzz', () => {
  it.each(SEEDS)(
    'seed %i: everybody ends with what the server has, and nothing was refused but for a rule',
    async (seed) => {
      const pick = random(seed)
      const server = new MemoryServer(RECORDS)
      const clients = await Promise.all([1, 2, 3].map(() => join(server)))
      server.settle()
      for (let step = 0; step < STEPS; step += 1) await move(server, clients, pick)
      for (let wait = 0; wait < 100 && clients.some(({ state }) => state.connection.kind !== 'open'); wait += 1) {
        server.settle()
        await vi.advanceTimersByTimeAsync(500)
      }
      server.settle()
      const expected = Object.fromEntries(server.records)
      for (const client of clients) {
        expect(Object.fromEntries(client.state.records)).toEqual(expected)
        expect([client.state.pending, client.state.version]).toEqual([[], server.version])
        expect(
          client.state.notApplied.map(({ error }) => error.code).filter((code) => code === 'DF100' || code === 'DF109'),
        ).toEqual([])
      }
    },
  )
})

async function join(server: MemoryServer): Promise<ProjectClient> {
  const client = new ProjectClient('p', 'main', {
    connect: server.connect,
    queue: new MemoryQueue(),
    versionsAfter: server.versionsAfter,
    lists: () => Promise.resolve({ executions: [], artifacts: [] }),
    problem: () => undefined,
  })
  await client.open()
  return client
}

async function move(server: MemoryServer, clients: ProjectClient[], pick: Pick): Promise<void> {
  const living = server.connections.filter(({ readyState }) => readyState !== 3)
  const connection = living[pick(living.length)]
  const choice = pick(20)
  if (choice < 8) {
    const client = clients[pick(clients.length)]
    if (client?.state.loaded) act(client, pick)
  } else if (connection?.readyState === 0) connection.opened()
  else if (choice < 13 && connection !== undefined) server.read(connection)
  else if (choice < 18) connection?.deliver()
  else if (choice === 18) connection?.lost()
  else await vi.advanceTimersByTimeAsync(pick(3000))
}
