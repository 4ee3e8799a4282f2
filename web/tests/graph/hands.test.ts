import { describe, expect, test } from 'vitest'
import { compatiblePorts } from '@/graph/compatible'
import { layoutCost } from '@/graph/layout/cost'
import { quickLayout } from '@/graph/layout/quick'
import { type Graph, type GraphNode, type PortRef, portPlaces } from '@/graph/model'
import { roundedPath } from '@/graph/path'
import { bubbleSides } from '@/graph/room'
import { around, frame, READABLE, reveal } from '@/graph/viewport'
import { type Direction, neighbour } from '@/graph/walk'

function node(id: string, inputs: readonly string[], outputs: readonly string[]): GraphNode {
  const ports = (names: readonly string[]) =>
    portPlaces(names.length, 150).map((x, index) => ({
      name: names[index] ?? '',
      type: 'Data',
      doc: '',
      wired: false,
      missing: false,
      x,
    }))
  return {
    id,
    title: id,
    shape: 'rectangle',
    width: 150,
    height: 40,
    inputs: ports(inputs),
    outputs: ports(outputs),
    glow: null,
    color: 'red',
  }
}

function wire(source: string, target: string, input = 'i') {
  return { id: `${source}-${target}`, source, output: 'o', target, input, broken: false, title: '' }
}

/** a -> b -> c, and d apart; b has a second, free input. */
const GRAPH: Graph = {
  nodes: [node('a', ['i'], ['o']), node('b', ['i', 'j'], ['o']), node('c', ['i'], ['o']), node('d', ['i'], ['o'])],
  wires: [wire('a', 'b'), wire('b', 'c')],
}
const output = (id: string): PortRef => ({ node: id, side: 'output', name: 'o' })
const input = (id: string, name = 'i'): PortRef => ({ node: id, side: 'input', name })
const anything = () => true

describe('I-063: only valid partner ports light up', () => {
  test.each([
    ['not itself, not above it, not what is occupied', output('c'), anything, null, ['d:input:i']],
    ['free inputs below and beside', output('a'), anything, null, ['b:input:j', 'd:input:i']],
    ['outputs for an input, but none below it', input('b', 'j'), anything, null, ['a:output:o', 'd:output:o']],
    ['nothing for an occupied input', input('b'), anything, null, []],
    [
      'the input of the wire that is being moved counts as free',
      output('a'),
      anything,
      'a-b',
      ['b:input:i', 'b:input:j', 'd:input:i'],
    ],
    [
      'types that do not fit are left out',
      output('a'),
      (_: PortRef, to: PortRef) => to.node !== 'd',
      null,
      ['b:input:j'],
    ],
  ] as const)('%s', (_name, from, fits, instead, expected) => {
    expect([...compatiblePorts(GRAPH, from, fits, instead)].sort()).toEqual([...expected])
  })
})

describe('arrow keys walk', () => {
  const layout = quickLayout(GRAPH)
  test.each([
    ['a', 'ArrowDown', 'b'],
    ['c', 'ArrowUp', 'b'],
    ['a', 'ArrowRight', 'd'],
    ['d', 'ArrowLeft', 'a'],
    ['a', 'ArrowUp', null],
    [null, 'ArrowDown', 'a'],
  ] as [string | null, Direction, string | null][])('from %s by %s to %s', (from, direction, to) => {
    expect(neighbour(GRAPH, layout, from, direction)).toBe(to)
  })
})

describe('viewports', () => {
  const window = { width: 1000, height: 800 }
  test('a small graph is shown whole at its own size', () => {
    expect(frame({ x: 100, y: 50, width: 300, height: 200 }, window)).toEqual({ x: 250, y: 196, zoom: 1 })
  })
  test('a huge graph opens at a zoom that can be read, at its top', () => {
    expect(frame({ x: 0, y: 0, width: 50_000, height: 9000 }, window)).toMatchObject({ zoom: READABLE, y: 48 })
  })
  test('what is in view does not move, what is not comes in by the shortest way', () => {
    const view = { x: 0, y: 0, zoom: 1 }
    expect(reveal({ x: 100, y: 100, width: 100, height: 100 }, view, window)).toBeNull()
    expect(reveal({ x: 950, y: 100, width: 100, height: 100 }, view, window)).toEqual({ x: -82, y: 0, zoom: 1 })
    expect(reveal({ x: 0, y: 0, width: 5000, height: 100 }, view, window)).toEqual({ x: 32, y: 56, zoom: 1 })
  })
  test('a box around boxes', () => {
    expect(around([])).toBeNull()
    expect(
      around([
        { x: 5, y: 5, width: 1, height: 1 },
        { x: -1, y: 7, width: 2, height: 9 },
      ]),
    ).toEqual({ x: -1, y: 5, width: 7, height: 11 })
  })
})

describe('wires as paths', () => {
  test('corners are round, and smaller where there is less room', () => {
    expect(
      roundedPath([
        { x: 0, y: 0 },
        { x: 0, y: 20 },
        { x: 40, y: 20 },
      ]),
    ).toBe('M0 0L0 12Q0 20 8 20L40 20')
    expect(
      roundedPath([
        { x: 0, y: 0 },
        { x: 0, y: 4 },
        { x: 40, y: 4 },
      ]),
    ).toBe('M0 0L0 2Q0 4 2 4L40 4')
    expect(roundedPath([])).toBe('')
  })
})

test('bubbles stand where no node and no wire is, else they wait', () => {
  const layout = quickLayout(GRAPH)
  const bubbles = (...ids: string[]) => new Map(ids.map((id) => [id, 'words']))
  expect(bubbleSides(GRAPH, layout, bubbles('d'))).toEqual(new Map([['d', 'right']]))
  expect(bubbleSides(GRAPH, layout, bubbles('a'))).toEqual(new Map([['a', 'left']]))
  expect(bubbleSides(GRAPH, layout, bubbles('1', '2', '3', '4', '5', '6', '7'))).toEqual(new Map())
})

test('a layout with fewer bends and crossings costs less', () => {
  const nodes = new Map()
  const straight = {
    nodes,
    width: 0,
    height: 0,
    wires: new Map([
      [
        'a',
        [
          { x: 0, y: 0 },
          { x: 0, y: 90 },
        ],
      ],
    ]),
  }
  const bent = {
    ...straight,
    wires: new Map([
      [
        'a',
        [
          { x: 0, y: 0 },
          { x: 0, y: 40 },
          { x: 9, y: 40 },
          { x: 9, y: 90 },
        ],
      ],
    ]),
  }
  const crossed = {
    ...bent,
    wires: new Map([
      ...bent.wires,
      [
        'b',
        [
          { x: 5, y: 0 },
          { x: 5, y: 90 },
        ],
      ],
    ]),
  }
  expect([straight, bent, crossed].map(layoutCost)).toEqual([90, 219, 709])
})
