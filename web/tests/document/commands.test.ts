/** Commands put their cascades into the transaction, and every one of them can be applied. */
import { describe, expect, it } from 'vitest'
import type { ProjectRecord, Transaction } from '@/api/types'
import { apply } from '@/document/apply'
import type { EditParts } from '@/document/client'
import * as commands from '@/document/commands/pipeline'
import { nodeLabel, pipelineGraph, type Records, recordMap, recordOf } from '@/document/records'
import { Refusal } from '@/document/refusal'

const node = { kind: 'node', name: null, attributes: {}, references: {} } as const
const RECORDS: ProjectRecord[] = [
  { kind: 'pipeline', id: 'p', name: 'train' },
  { kind: 'pipeline', id: 'outer', name: 'outer' },
  { kind: 'operation', id: 'op', name: 'fit', code: '', color: 'slate' },
  { kind: 'architecture', id: 'net', name: 'lenet', parameters: {} },
  { ...node, id: 'in', pipeline: 'p', target: { kind: 'input', artifact: null } },
  { ...node, id: 'fit', pipeline: 'p', target: { kind: 'operation', operation: 'op' }, attributes: { epochs: 3 } },
  { ...node, id: 'out', pipeline: 'p', target: { kind: 'output', name: 'model' } },
  { ...node, id: 'block', pipeline: 'outer', target: { kind: 'pipeline', pipeline: 'p' } },
  { ...node, id: 'saved', pipeline: 'outer', target: { kind: 'output', name: 'x' } },
  { kind: 'wire', id: 'w1', pipeline: 'p', source: 'in', output: 'data', target: 'fit', input: 'data' },
  { kind: 'wire', id: 'w2', pipeline: 'p', source: 'fit', output: 'net', target: 'out', input: 'data' },
  { kind: 'wire', id: 'w3', pipeline: 'outer', source: 'block', output: 'model', target: 'saved', input: 'data' },
  { kind: 'note', id: 'note', graph: 'p', text: 'why', about: 'fit' },
  { kind: 'frame', id: 'frame', graph: 'p', title: 'all', members: ['in', 'fit'] },
]
const before = recordMap(RECORDS)

function changed(parts: EditParts): Records {
  const transaction: Transaction = { id: 't', put: [], patch: [], remove: [], text: [], ...parts }
  return apply(before, transaction).records
}

const ids = (records: Records) => [...records.keys()].sort()
const without = (...gone: string[]) => ids(before).filter((id) => !gone.includes(id))

describe('pipeline commands', () => {
  it.each<[string, () => EditParts, string, (records: Records) => unknown, unknown]>([
    [
      'delete a node with its wires',
      () => commands.deleteRecords(before, ['fit']),
      'Delete fit',
      ids,
      without('fit', 'w1', 'w2'),
    ],
    [
      'delete two nodes',
      () => commands.deleteRecords(before, ['in', 'out', 'gone']),
      'Delete 2 nodes',
      ids,
      without('in', 'out', 'w1', 'w2'),
    ],
    ['delete a wire alone', () => commands.deleteRecords(before, ['w1']), 'Delete a wire', ids, without('w1')],
    ['disconnect', () => commands.disconnect(before, 'w1'), 'Disconnect Input from fit', ids, without('w1')],
    [
      'delete a pipeline with all in it, and its use as a block',
      () => commands.deletePipeline(before, 'p'),
      'Delete train',
      ids,
      ['net', 'op', 'outer', 'saved'],
    ],
    [
      'rename a pipeline',
      () => commands.renamePipeline(before, 'p', 'learn'),
      'Rename train to learn',
      (r) => recordOf(r, 'pipeline', 'p')?.name,
      'learn',
    ],
    [
      'set an attribute',
      () => commands.setAttribute(before, 'fit', 'rate', 0.1),
      'Set rate to 0.1 in fit',
      (r) => recordOf(r, 'node', 'fit')?.attributes,
      { epochs: 3, rate: 0.1 },
    ],
    [
      'reset an attribute',
      () => commands.setAttribute(before, 'fit', 'epochs', undefined),
      'Reset epochs of fit',
      (r) => recordOf(r, 'node', 'fit')?.attributes,
      {},
    ],
    [
      'set a reference',
      () => commands.setReference(before, 'fit', 'model', { kind: 'record', record: 'net' }),
      'Set model to lenet in fit',
      (r) => recordOf(r, 'node', 'fit')?.references,
      { model: { kind: 'record', record: 'net' } },
    ],
    [
      'choose an artifact',
      () => commands.setArtifact(before, 'in', { id: 'a1', name: 'traindata' }),
      'Choose traindata',
      (r) => recordOf(r, 'node', 'in')?.target,
      { kind: 'input', artifact: 'a1' },
    ],
    [
      'name an output',
      () => commands.setOutputName(before, 'out', 'net'),
      'Save as net',
      (r) => recordOf(r, 'node', 'out')?.target,
      { kind: 'output', name: 'net' },
    ],
    [
      'rename a node',
      () => commands.renameNode(before, 'fit', 'learn'),
      'Rename fit to learn',
      (r) => recordOf(r, 'node', 'fit')?.name,
      'learn',
    ],
    [
      'renaming an output names what it saves',
      () => commands.renameNode(before, 'out', 'net'),
      'Save as net',
      (r) => recordOf(r, 'node', 'out')?.target,
      { kind: 'output', name: 'net' },
    ],
  ])('%s', (_name, make, label, look, expected) => {
    const parts = make()
    expect([parts.label, look(changed(parts))]).toEqual([label, expected])
  })

  it('lets notes and frames go of what is deleted', () => {
    const records = changed(commands.deleteRecords(before, ['fit']))
    expect([recordOf(records, 'note', 'note')?.about, recordOf(records, 'frame', 'frame')?.members]).toEqual([
      null,
      ['in'],
    ])
  })

  it('connects, replacing the wire that the input had', () => {
    const made = commands.connect(before, { source: 'in', output: 'data', target: 'out', input: 'data' })
    expect([made.label, made.remove, ids(changed(made))]).toEqual([
      'Connect Input to model',
      ['w2'],
      [...without('w2'), made.id].sort(),
    ])
  })

  it('splices a node into a wire', () => {
    const made = commands.splice(before, 'w1', { kind: 'operation', operation: 'op' }, 'data', 'net')
    const wires = pipelineGraph(changed(made), 'p')?.wires.map(({ source, target }) => [source, target])
    expect(wires?.sort()).toEqual(
      [
        ['fit', 'out'],
        ['in', made.id],
        [made.id, 'fit'],
      ].sort(),
    )
  })

  it('duplicates a pipeline under a free name, with ids of its own', () => {
    const made = commands.duplicatePipeline(before, 'p')
    const [copy, original] = [pipelineGraph(changed(made), made.id), pipelineGraph(before, 'p')]
    const names = copy?.nodes.map((one) => nodeLabel(changed(made), one))
    expect([copy?.pipeline.name, names, copy?.wires.length]).toEqual(['train copy', ['Input', 'fit', 'model'], 2])
    expect(copy?.nodes.some(({ id }) => original?.nodes.some((old) => old.id === id))).toBe(false)
  })

  it('gives a new pipeline a free name', () => {
    expect(commands.addPipeline(before, 'train').label).toBe('Create train 2')
  })

  it('refuses what is not there', () => {
    expect(() => commands.renamePipeline(before, 'gone', 'x')).toThrow(Refusal)
  })
})
