import { expect, test } from 'vitest'
import type { Execution, Feedback, Snapshot } from '@/api/types'
import { groupCurves, lineOf, seriesOf } from '@/features/executions/curves'
import { compareParameters } from '@/features/executions/parameters'

function execution(id: string): Execution {
  return { id, name: `train_execution_${id}`, status: 'success', jobs: [{ id: `job-${id}` }] } as Execution
}

function feedback(job: string, graph: string, lines: string[]): Feedback {
  const made = lines.map((name, line) => ({ line, name, count: 2 }))
  return {
    job,
    attempt: 'a',
    graphs: [{ graph: 0, name: graph, x: 'epoch', y: '', lines: made }],
    images: [],
    progress: null,
  }
}

test('I-193: lines of checked executions come together by the name of their graph', () => {
  const executions = [execution('1'), execution('2')]
  const groups = groupCurves(
    executions,
    new Map([
      ['job-1', feedback('job-1', 'loss', ['train', 'validation'])],
      ['job-2', feedback('job-2', 'loss', ['train'])],
    ]),
  )
  const points = { xs: [1, 2], ys: [3, 4] }
  const [group] = groups
  expect(groups.map(({ name, x, curves }) => [name, x, curves.length])).toEqual([['loss', 'epoch', 3]])
  expect(group && seriesOf(group, new Map([['job-1/0', points]]))).toEqual([
    { key: 'job-1/0', name: 'train_execution_1: train', points, live: false },
    { key: 'job-1/1', name: 'train_execution_1: validation', points: { xs: [], ys: [] }, live: false },
    { key: 'job-2/0', name: 'train_execution_2', points: { xs: [], ys: [] }, live: false },
  ])
})

test('an execution is marked as its line is, where each has one line', () => {
  const executions = [execution('1'), execution('2')]
  const lines = (first: string[]) => {
    const given = new Map([
      ['job-1', feedback('job-1', 'loss', first)],
      ['job-2', feedback('job-2', 'loss', ['train'])],
    ])
    return [...lineOf(groupCurves(executions, given)[0])]
  }
  expect(lines(['train'])).toEqual([
    ['1', 0],
    ['2', 1],
  ])
  expect(lines(['train', 'validation'])).toEqual([])
  expect([...lineOf(undefined)]).toEqual([])
})

function snapshot(learningRate: number, net: string): Snapshot {
  const references = {
    net: { kind: 'record', record: net },
    criterion: { kind: 'resource', resource: 'Criterion', class_name: 'NLLLoss', attributes: {} },
  }
  const jobs = [{ name: 'train', attributes: { learning_rate: learningRate }, references }]
  return {
    plan: { jobs },
    records: [{ kind: 'architecture', id: 'a1', name: 'lenet', parameters: {} }],
  } as unknown as Snapshot
}

test('parameters side by side, with what differs marked', () => {
  expect(compareParameters([snapshot(0.1, 'a1'), snapshot(0.1, 'gone'), snapshot(0.2, 'a1')])).toEqual([
    { name: 'learning_rate', values: ['0.1', '0.1', '0.2'], differs: [false, false, true] },
    { name: 'net', values: ['lenet', 'gone', 'lenet'], differs: [false, true, false] },
    { name: 'criterion', values: ['NLLLoss', 'NLLLoss', 'NLLLoss'], differs: [false, false, false] },
  ])
})

test('values that are all different are all marked', () => {
  const [learningRate] = compareParameters([snapshot(0.1, 'a1'), snapshot(0.2, 'a1')])
  expect(learningRate).toEqual({ name: 'learning_rate', values: ['0.1', '0.2'], differs: [true, true] })
})
