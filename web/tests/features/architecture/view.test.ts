import { expect, test } from 'vitest'
import type { CatalogueEntry, Layer, Link } from '@/api/types'
import { recordMap } from '@/document/records'
import { architectureView, attributesOf, colorOf, layerInfo } from '@/features/architecture/view'

const CONV: CatalogueEntry = {
  name: 'Conv2d',
  category: 'Convolution',
  doc: '',
  parameters: [
    { name: 'in_channels', annotation: 'int', default: '', required: true, doc: '' },
    { name: 'stride', annotation: 'int', default: '1', required: false, doc: 'Step.' },
  ],
}
const CATALOGUE = new Map([['Conv2d', CONV]])

function layer(id: string, target: Layer['target'], attributes: Record<string, string> = {}): Layer {
  return { kind: 'layer', id, architecture: 'a', target, name: null, attributes }
}

const conv = layer('one', { kind: 'class', name: 'Conv2d' }, { in_channels: '3' })
const add = layer('two', { kind: 'class', name: 'add' })
const link: Link = { kind: 'link', id: 'l', architecture: 'a', source: 'one', target: 'two', output: 0, input: 1 }

test.each([
  ['a class of the framework', conv, { title: 'Conv2d', category: 'Convolution', entry: CONV }],
  ['a class that is not known', add, { title: 'add', category: 'Misc', entry: null }],
  [
    'a block',
    layer('b', { kind: 'architecture', architecture: 'inner' }),
    { title: 'inner', category: 'Container', entry: null },
  ],
  [
    'a layer of the project that is gone',
    layer('c', { kind: 'layer', layer: 'x' }),
    { title: 'missing layer', category: 'Misc', entry: null },
  ],
] as const)('%s has its name and category', (_name, it, expected) => {
  const records = recordMap([{ kind: 'architecture', id: 'inner', name: 'inner', parameters: {} }])
  expect(layerInfo(it, records, CATALOGUE)).toEqual(expected)
})

test('attributes are shown with their defaults, own values as changed, unknown ones too', () => {
  expect(attributesOf({ ...conv, attributes: { in_channels: '3', extra: '1' } }, CONV)).toEqual([
    { name: 'in_channels', value: '3', changed: true, doc: 'int' },
    { name: 'stride', value: '1', changed: false, doc: 'int\nStep.' },
    { name: 'extra', value: '1', changed: true, doc: '' },
  ])
})

test('layers are stadiums that grow when selected; a layer has as many inputs as its links name', () => {
  const info = (it: Layer) => layerInfo(it, recordMap([]), CATALOGUE)
  const graph = architectureView({ layers: [conv, add], links: [link] }, info, 'one')
  expect(graph.nodes.map(({ shape, height, inputs }) => [shape, height, inputs.length])).toEqual([
    ['rectangle', 82, 1],
    ['stadium', 34, 2],
  ])
  expect(graph.wires).toEqual([
    { id: 'l', source: 'one', output: '0', target: 'two', input: '1', broken: false, title: '' },
  ])
})

test('a layer has no category, and the neutral colour, until the framework is known', () => {
  const info = layerInfo(conv, recordMap([]), null)
  expect([info, colorOf(info.category)]).toEqual([
    { title: 'Conv2d', category: null, entry: null },
    'var(--port-output)',
  ])
})
