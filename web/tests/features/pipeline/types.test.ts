import { describe, expect, test } from 'vitest'
import type { Interface, Node, Wire } from '@/api/types'
import {
  type Flow,
  fittingArtifacts,
  inputType,
  outputType,
  TypeTree,
  typesFit,
  wantedTypes,
} from '@/features/pipeline/types'

const TREE = new TypeTree([
  { name: 'Data', base: '', record: null, doc: '' },
  { name: 'Tensor', base: 'Data', record: null, doc: '' },
  { name: 'Weights', base: 'Tensor', record: 'w', doc: '' },
  { name: 'Loop', base: 'Loop', record: 'l', doc: '' },
])

function port(name: string, type: string, variable = '') {
  return { name, type, doc: '', variable, optional: false }
}

function signature(
  operation: string,
  inputs: ReturnType<typeof port>[],
  outputs: ReturnType<typeof port>[],
): Interface {
  return { operation, name: operation, doc: '', inputs, outputs, attributes: [], references: [], source_hash: '' }
}

function node(id: string, target: Node['target']): Node {
  return { kind: 'node', id, pipeline: 'p', target, name: null, attributes: {}, references: {} }
}

function wire(source: string, output: string, target: string, input: string): Wire {
  return { kind: 'wire', id: `${source}-${target}`, pipeline: 'p', source, output, target, input }
}

/** in -> copy -> train, copy passes its type through; in -> show as well. */
const FLOW: Flow = {
  nodes: new Map(
    [
      node('in', { kind: 'input', artifact: 'weights' }),
      node('empty', { kind: 'input', artifact: null }),
      node('copy', { kind: 'operation', operation: 'copy' }),
      node('train', { kind: 'operation', operation: 'train' }),
      node('out', { kind: 'output', name: 'result' }),
    ].map((it) => [it.id, it]),
  ),
  wires: [
    wire('in', 'data', 'copy', 'value'),
    wire('copy', 'value', 'train', 'weights'),
    wire('in', 'data', 'out', 'data'),
  ],
  interfaces: {
    copy: signature('copy', [port('value', 'Data', 'T')], [port('value', 'Data', 'T')]),
    train: signature('train', [port('weights', 'Tensor')], [port('model', 'Model')]),
  },
  artifacts: new Map([['weights', { name: 'weights', type: 'Weights' }]]),
}

describe('types', () => {
  test.each([
    ['Weights', 'Tensor', true],
    ['Weights', 'Data', true],
    ['Tensor', 'Weights', false],
    ['Unknown', 'Data', true],
    ['Unknown', 'Tensor', false],
    ['Loop', 'Tensor', false],
  ])('%s is a %s: %s', (type, wanted, expected) => {
    expect(TREE.isA(type, wanted)).toBe(expected)
  })

  test.each([
    ['in', 'data', 'Weights'],
    ['empty', 'data', null],
    ['copy', 'value', 'Weights'],
    ['train', 'model', 'Model'],
    ['train', 'gone', null],
    ['nobody', 'data', null],
  ])('%s.%s gives %s', (id, output, expected) => {
    expect(outputType(FLOW, id, output)).toBe(expected)
  })

  test('inputs ask for their type, an Output for anything', () => {
    expect([
      inputType(FLOW, 'train', 'weights'),
      inputType(FLOW, 'out', 'data'),
      inputType(FLOW, 'train', 'gone'),
    ]).toEqual(['Tensor', 'Data', null])
  })

  test('I-063: what is unknown may fit', () => {
    expect([typesFit(TREE, null, 'Tensor'), typesFit(TREE, 'Data', null), typesFit(TREE, 'Data', 'Tensor')]).toEqual([
      true,
      true,
      false,
    ])
  })

  test('S-041: artifacts that fit all connected ports are offered', () => {
    const artifacts = [{ type: 'Tensor' }, { type: 'Weights' }, { type: 'Data' }, { type: 'Json' }]
    const twice: Flow = {
      ...FLOW,
      wires: [wire('empty', 'data', 'train', 'weights'), wire('empty', 'data', 'out', 'data')],
    }
    expect(fittingArtifacts(twice, TREE, 'empty', artifacts)).toEqual([{ type: 'Tensor' }, { type: 'Weights' }])
    expect(wantedTypes(twice, 'empty')).toEqual(['Tensor'])
    expect(fittingArtifacts(FLOW, TREE, 'empty', artifacts)).toEqual(artifacts)
  })
})
