import { describe, expect, test } from 'vitest'
import type { Analysis, Mark, ProjectRecord } from '@/api/types'
import { type PipelineGraph, pipelineGraph, recordMap } from '@/document/records'
import { copyText, pasteText } from '@/features/pipeline/clipboard'
import { fuzzy } from '@/features/pipeline/search'
import { blockingMarks, pipelineView } from '@/features/pipeline/view'

const RECORDS: ProjectRecord[] = [
  { kind: 'pipeline', id: 'p', name: 'train' },
  { kind: 'operation', id: 'op', name: 'train', code: '', color: 'indigo' },
  {
    kind: 'node',
    id: 'in',
    pipeline: 'p',
    target: { kind: 'input', artifact: 'a1' },
    name: null,
    attributes: {},
    references: {},
  },
  {
    kind: 'node',
    id: 'op1',
    pipeline: 'p',
    target: { kind: 'operation', operation: 'op' },
    name: null,
    attributes: {},
    references: {},
  },
  {
    kind: 'node',
    id: 'out',
    pipeline: 'p',
    target: { kind: 'output', name: 'net' },
    name: null,
    attributes: {},
    references: {},
  },
  { kind: 'wire', id: 'w1', pipeline: 'p', source: 'in', output: 'data', target: 'op1', input: 'images' },
  { kind: 'wire', id: 'w2', pipeline: 'p', source: 'op1', output: 'lost', target: 'out', input: 'data' },
]

function mark(record: string, severity: Mark['severity'], message: string): Mark {
  return { code: 'DF214', severity, message, where: { record, name: '', line: null, column: null }, hint: '' }
}

const ANALYSIS: Analysis = {
  type: 'analysis',
  version: 1,
  interfaces: {
    op: {
      operation: 'op',
      name: 'train',
      doc: '',
      inputs: [{ name: 'images', type: 'Dataset', doc: '', variable: '', optional: false }],
      outputs: [{ name: 'model', type: 'Model', doc: '', variable: '', optional: false }],
      attributes: [],
      references: [],
      source_hash: '',
    },
  },
  types: [],
  marks: [
    mark('w2', 'error', 'The output is gone.'),
    mark('op1', 'warning', 'Unused.'),
    mark('elsewhere', 'error', 'No.'),
  ],
  pending: [],
}

function parts(records: readonly ProjectRecord[] = RECORDS) {
  const map = recordMap(records)
  const pipeline = pipelineGraph(map, 'p') as PipelineGraph
  return {
    pipeline,
    records: map,
    analysis: ANALYSIS,
    artifacts: new Map([['a1', { name: 'traindata', type: 'Dataset' }]]),
  }
}

describe('a pipeline as it is drawn', () => {
  const view = pipelineView(parts(), null)
  const node = (id: string) => view.nodes.find((it) => it.id === id)

  test('S-041, S-043: an Input is called as its artifact, an Output as what it saves', () => {
    expect(view.nodes.map((it) => it.title)).toEqual(['traindata', 'train', 'net'])
  })

  test('S-046: ports say name and type; I-062: whether a wire ends there', () => {
    expect(node('op1')?.inputs).toEqual([
      { name: 'images', type: 'Dataset', doc: '', wired: true, missing: false, x: 75 },
    ])
    expect(node('in')?.outputs).toEqual([
      { name: 'data', type: 'Dataset', doc: '', wired: true, missing: false, x: 75 },
    ])
  })

  test('a wire whose port is gone is drawn broken, to a port that says so', () => {
    expect(node('op1')?.outputs.map(({ name, missing, wired }) => [name, missing, wired])).toEqual([
      ['model', false, false],
      ['lost', true, true],
    ])
    expect(view.wires.map(({ id, broken, title }) => [id, broken, title])).toEqual([
      ['w1', false, ''],
      ['w2', true, 'The output is gone.'],
    ])
  })

  test('I-061: colours are those of the operation, Input and Output have their own', () => {
    expect(view.nodes.map((it) => it.color)).toEqual(['var(--op-io)', 'var(--op-indigo)', 'var(--op-io)'])
    expect(view.nodes.map((it) => it.glow)).toEqual([null, 'warning', null])
  })

  test('S-042: the selected node is larger', () => {
    const opened = pipelineView(parts(), 'op1').nodes.find((it) => it.id === 'op1')
    expect([opened?.width, opened?.height]).toEqual([320, 80])
    expect([node('op1')?.width, node('op1')?.height]).toEqual([150, 40])
  })

  test('only errors of this pipeline refuse its run', () => {
    expect(blockingMarks(parts().pipeline, ANALYSIS.marks).map((it) => it.where.record)).toEqual(['w2'])
  })
})

describe('clipboard', () => {
  test('nodes are pasted with new ids and the wires among them', () => {
    const { pipeline, records } = parts()
    const pasted = pasteText(copyText(pipeline, ['in', 'op1']), pipeline, records)
    const put = pasted?.parts.put ?? []
    expect(put.map((record) => record.kind)).toEqual(['node', 'node', 'wire'])
    expect(pasted?.ids).toEqual(put.slice(0, 2).map((record) => record.id))
    expect(put[2]).toMatchObject({ source: pasted?.ids[0], target: pasted?.ids[1], output: 'data', input: 'images' })
    expect(new Set([...put.map((record) => record.id), ...RECORDS.map((record) => record.id)]).size).toBe(
      put.length + RECORDS.length,
    )
  })

  test('what this project has no operation for is left out and counted', () => {
    const { pipeline } = parts()
    const poor = parts(RECORDS.filter((record) => record.kind !== 'operation'))
    expect(pasteText(copyText(pipeline, ['in', 'op1']), poor.pipeline, poor.records)).toMatchObject({
      leftOut: 1,
      parts: { put: [{ kind: 'node' }] },
    })
  })

  test.each([
    '',
    'hello',
    '{}',
    'null',
    '{"kind":"deepforge/nodes"}',
    '{"kind":"deepforge/nodes","nodes":[1],"wires":[null]}',
  ])('%s is nothing to paste', (text) => {
    const { pipeline, records } = parts()
    expect(pasteText(text, pipeline, records)).toBeNull()
  })
})

describe('search', () => {
  test('what begins with the letters comes first, what lacks them not at all', () => {
    const names = ['monitor_drift', 'normalize', 'train', 'normalize_labels']
    const found = names
      .flatMap((name) => {
        const match = fuzzy('nor', name)
        return match === null ? [] : [{ name, score: match.score }]
      })
      .sort((one, other) => other.score - one.score)
    expect(found.map(({ name }) => name)).toEqual(['normalize', 'normalize_labels', 'monitor_drift'])
  })

  test('letters may skip, and are marked', () => {
    expect(fuzzy('pc', 'plot_confusion')?.at).toEqual([0, 5])
    expect(fuzzy('xyz', 'plot')).toBeNull()
  })
})
