import { describe, expect, test } from 'vitest'
import type { Execution, Job, Snapshot, Status } from '@/api/types'
import { lastLines, Pulse } from '@/features/execution/pulse'
import {
  canceledAfter,
  executionGraph,
  pinnedGraph,
  secondsLeft,
  shareOf,
  shownNodes,
  statusCounts,
  statusLine,
} from '@/features/execution/view'

const NOW = new Date('2026-11-23T10:00:10Z')

function job(node: string, status: Status, change: Partial<Job> = {}): Job {
  return {
    id: `job-${node}`,
    execution: 'e',
    node,
    name: node,
    status,
    cached: false,
    out_of_contact: false,
    started: null,
    ended: null,
    progress: null,
    cause: null,
    fingerprint: '',
    outputs: [],
    attempts: [],
    ...change,
  }
}

function execution(status: Status, jobs: Job[]): Execution {
  return {
    id: 'e',
    project: 'p',
    branch: 'main',
    version: 3,
    pipeline: 'train',
    pipeline_name: 'train',
    name: 'train_execution_1',
    status,
    created: '2026-11-23T10:00:00Z',
    author: 'Ada',
    started: '2026-11-23T10:00:00Z',
    ended: null,
    cause: '',
    stopping: false,
    jobs,
    artifacts: [],
  }
}

const PORT = { type: 'Data', doc: '', variable: '', optional: false }
const SIGNATURE = {
  operation: 'op',
  name: 'op',
  doc: '',
  inputs: [{ ...PORT, name: 'x' }],
  outputs: [{ ...PORT, name: 'y' }],
  attributes: [],
  references: [],
  source_hash: '',
}
const plan = (node: string) => ({
  node,
  name: node,
  operation: 'op',
  interface: SIGNATURE,
  attributes: {},
  references: {},
  inputs: {},
  outputs: SIGNATURE.outputs,
  saves: [],
})
const node = (id: string, target: object) => ({
  kind: 'node',
  id,
  pipeline: 'train',
  target,
  name: null,
  attributes: {},
  references: {},
})
const wire = (source: string, target: string) => ({
  kind: 'wire',
  id: `${source}-${target}`,
  pipeline: 'train',
  source,
  output: 'y',
  target,
  input: 'x',
})

/** in -> one -> two -> out */
const SNAPSHOT = {
  execution: 'e',
  plan: { pipeline: 'train', jobs: [plan('one'), plan('two')], passes: [] },
  records: [
    node('in', { kind: 'input', artifact: 'a' }),
    node('one', { kind: 'operation', operation: 'op' }),
    node('two', { kind: 'operation', operation: 'op' }),
    node('out', { kind: 'output', name: 'net' }),
    wire('in', 'one'),
    wire('one', 'two'),
    wire('two', 'out'),
  ],
  artifacts: {
    in: { kind: 'artifact', artifact: 'a', name: 'traindata', type: 'Dataset', blob: { hash: 'h', size: 1 } },
  },
  code_hash: null,
} as unknown as Snapshot

function statuses(status: Status, one: Status, two: Status): Status[] {
  return [...shownNodes(SNAPSHOT, execution(status, [job('one', one), job('two', two)])).values()].map(
    (it) => it.status,
  )
}

describe('S-190: every node of an execution has a status', () => {
  test.each([
    ['running', 'success', 'running', ['success', 'success', 'running', 'pending']],
    ['success', 'success', 'success', ['success', 'success', 'success', 'success']],
    ['failed', 'failed', 'canceled', ['success', 'failed', 'canceled', 'canceled']],
  ] as [Status, Status, Status, Status[]][])('%s: %s, %s', (whole, one, two, expected) => {
    expect(statuses(whole, one, two)).toEqual(expected)
  })

  test('names are those that were pinned', () => {
    const shown = shownNodes(SNAPSHOT, execution('running', [job('one', 'running')]))
    expect([...shown.values()].map((it) => it.name)).toEqual(['traindata', 'one', 'two', 'net'])
    expect(executionGraph(SNAPSHOT, shown).nodes.map((it) => it.color)).toEqual([
      'var(--status-success)',
      'var(--status-running)',
      'var(--status-pending)',
      'var(--status-pending)',
    ])
  })

  const times = { started: '2026-11-23T10:00:00Z', ended: '2026-11-23T10:00:03.1Z' }
  test.each([
    [job('one', 'success', times), 'success, 3.1 s'],
    [job('one', 'failed', times), 'failed after 3.1 s'],
    [
      job('one', 'running', { started: times.started, progress: { label: 'epochs', done: 16, total: 25 } }),
      'running, 10 s, 64 %',
    ],
    [job('one', 'running', { started: times.started, out_of_contact: true }), 'running, 10 s, out of contact'],
    [job('one', 'queued'), 'queued'],
    [job('one', 'canceled', times), 'canceled'],
  ])('S-044: %# says so in words', (state, expected) => {
    const shown = shownNodes(SNAPSHOT, execution('running', [state])).get('one')
    expect(shown && statusLine(shown, NOW)).toBe(expected)
  })

  test('what was canceled after a failure is named', () => {
    const shown = shownNodes(SNAPSHOT, execution('failed', [job('one', 'failed'), job('two', 'canceled')]))
    expect(canceledAfter('one', pinnedGraph(SNAPSHOT).wires, shown)).toEqual(['two'])
  })

  test('jobs are counted by status, those that there are', () => {
    expect(statusCounts([{ status: 'failed' }, { status: 'success' }, { status: 'success' }])).toEqual([
      { status: 'success', count: 2 },
      { status: 'failed', count: 1 },
    ])
  })

  test('the time that is left follows from the share that is done', () => {
    const state = job('one', 'running', { started: '2026-11-23T10:00:00Z', progress: { label: '', done: 1, total: 4 } })
    expect([shareOf(state), secondsLeft(state, NOW), secondsLeft(job('one', 'running'), NOW)]).toEqual([0.25, 30, null])
  })
})

describe('the pulse of a job', () => {
  test.each([
    ['lines', 'a\nb\nc\n', ['b', 'c']],
    ['a progress bar', 'start\n10 %\r20 %\r30 %', ['start', '30 %']],
    ['colours are dropped', '\u001b[31mred\u001b[0m\n', ['red']],
    ['empty lines are dropped', 'a\n\n\n', ['a']],
  ] as [string, string, string[]][])('%s', (_name, text, expected) => {
    expect(lastLines(text, 2)).toEqual(expected)
  })

  /** One point as base64 of two little-endian float64. */
  function pack(...values: number[]): string {
    return btoa(String.fromCharCode(...new Uint8Array(new Float64Array(values).buffer)))
  }

  test('points that were there are fetched once, points that come are added, none twice', async () => {
    let answer: (points: { line: number; count: number; reduced: boolean; points: string }) => void = () => undefined
    const pulse = new Pulse(() => new Promise((resolve) => (answer = resolve)))
    const attempt = { job: 'j', attempt: 'a' }
    const graph = { graph: 1, name: 'Training', x: 'epoch', y: '', lines: [{ line: 7, name: 'loss', count: 2 }] }
    pulse.watching({
      type: 'watching',
      ...attempt,
      feedback: { ...attempt, graphs: [graph], images: [], progress: null },
    })
    pulse.feedback({
      type: 'feedback',
      ...attempt,
      records: [{ kind: 'points', line: 7, first: 1, points: pack(2, 20, 3, 30) }],
    })
    answer({ line: 7, count: 2, reduced: false, points: pack(1, 10, 2, 20) })
    await Promise.resolve()
    await Promise.resolve()
    expect(pulse.current().graph?.lines).toEqual([
      { line: 7, name: 'loss', points: { xs: [1, 2, 3], ys: [10, 20, 30] } },
    ])
    pulse.log({ type: 'log', ...attempt, offset: 0, next: 6, text: 'hello\n' })
    pulse.log({ type: 'log', ...attempt, offset: 0, next: 6, text: 'hello\n' })
    expect([pulse.current().tail, pulse.logOffset()]).toEqual([['hello'], 6])
  })
})
