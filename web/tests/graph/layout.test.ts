import { describe, expect, test } from 'vitest'
import { layoutKey } from '@/graph/layout/hash'
import { intoRanks, rank } from '@/graph/layout/layers'
import { crossings, orderRanks } from '@/graph/layout/order'
import { quickLayout } from '@/graph/layout/quick'
import { type Layout, type LayoutGraph, type LayoutNode, WITH_PORTS, WITHOUT_PORTS } from '@/graph/layout/types'

function node(id: string, inputs: number, outputs: number, width = 150, height = 40): LayoutNode {
  const ports = (count: number, letter: string) =>
    Array.from({ length: count }, (_, index) => ({ name: `${letter}${index}`, x: (width * (index + 0.5)) / count }))
  return { id, width, height, inputs: ports(inputs, 'i'), outputs: ports(outputs, 'o') }
}

function wire(source: string, output: number, target: string, input: number) {
  return { id: `${source}${output}-${target}${input}`, source, output: `o${output}`, target, input: `i${input}` }
}

/** The graph of the design's picture of the pipeline editor. */
function picture(expanded: boolean): LayoutGraph {
  return {
    nodes: [
      node('classes', 0, 1),
      node('traindata', 0, 1),
      node('split', 1, 2),
      node('augment', 1, 1),
      expanded ? node('train', 2, 2, 480, 222) : node('train', 2, 2),
      node('plot', 2, 1, 170),
      node('myModel', 1, 0),
      node('confusion', 1, 0),
    ],
    wires: [
      wire('traindata', 0, 'split', 0),
      wire('split', 0, 'augment', 0),
      wire('split', 1, 'train', 1),
      wire('augment', 0, 'train', 0),
      wire('classes', 0, 'plot', 0),
      wire('train', 0, 'plot', 1),
      wire('train', 1, 'myModel', 0),
      wire('plot', 0, 'confusion', 0),
    ],
  }
}

function large(count: number): LayoutGraph {
  const nodes = Array.from({ length: count }, (_, index) => node(`n${index}`, index === 0 ? 0 : 2, 1))
  const wires = nodes.slice(1).flatMap((_, index) => {
    const at = index + 1
    const near = wire(`n${Math.floor(at / 2)}`, 0, `n${at}`, 0)
    const far = at > 9 && at % 3 === 0 ? [wire(`n${Math.floor(at / 3)}`, 0, `n${at}`, 1)] : []
    return Math.floor(at / 2) === at ? far : [near, ...far]
  })
  return { nodes, wires: wires.filter((w) => w.source !== w.target) }
}

function overlaps(layout: Layout, graph: LayoutGraph): string[] {
  const boxes = graph.nodes.map((n) => ({ n, at: layout.nodes.get(n.id) ?? { x: 0, y: 0 } }))
  const found: string[] = []
  boxes.forEach((one, index) => {
    for (const other of boxes.slice(index + 1)) {
      const apart =
        one.at.x + one.n.width <= other.at.x ||
        other.at.x + other.n.width <= one.at.x ||
        one.at.y + one.n.height <= other.at.y ||
        other.at.y + other.n.height <= one.at.y
      if (!apart) found.push(`${one.n.id} ${other.n.id}`)
    }
  })
  return found
}

/** Pieces of wires that go through a node. */
function collisions(layout: Layout, graph: LayoutGraph): string[] {
  const found: string[] = []
  for (const w of graph.wires) {
    const points = layout.wires.get(w.id) ?? []
    points.slice(1).forEach((to, index) => {
      const from = points[index] ?? to
      for (const n of graph.nodes) {
        const at = layout.nodes.get(n.id) ?? { x: 0, y: 0 }
        const inside =
          Math.max(from.x, to.x) > at.x &&
          Math.min(from.x, to.x) < at.x + n.width &&
          Math.max(from.y, to.y) > at.y &&
          Math.min(from.y, to.y) < at.y + n.height
        if (inside) found.push(`${w.id} through ${n.id}`)
      }
    })
  }
  return found
}

describe('I-060: graphs lay themselves out downwards', () => {
  test('ranks are longest paths, and inputs lie on top', () => {
    expect(Object.fromEntries(rank(picture(false)))).toEqual({
      classes: 0,
      traindata: 0,
      split: 1,
      augment: 2,
      train: 3,
      plot: 4,
      myModel: 4,
      confusion: 5,
    })
  })

  test('a cycle does not hang it, and the closing wire is not drawn', () => {
    const graph = { nodes: [node('a', 1, 1), node('b', 1, 1)], wires: [wire('a', 0, 'b', 0), wire('b', 0, 'a', 0)] }
    const layout = quickLayout(graph)
    expect(layout.nodes.size).toBe(2)
    expect(layout.wires.get('b0-a0')).toEqual([])
  })

  test.each([
    ['collapsed', picture(false)],
    ['with an expanded node', picture(true)],
    ['three hundred nodes', large(300)],
    ['nodes without wires', { nodes: Array.from({ length: 40 }, (_, i) => node(`n${i}`, 1, 1)), wires: [] }],
    ['one node', { nodes: [node('a', 0, 0)], wires: [] }],
    ['nothing', { nodes: [], wires: [] }],
  ] as [string, LayoutGraph][])('no node overlaps another, no wire runs through a node: %s', (_name, graph) => {
    const layout = quickLayout(graph)
    expect(overlaps(layout, graph)).toEqual([])
    expect(collisions(layout, graph)).toEqual([])
    expect(layout.nodes.size).toBe(graph.nodes.length)
  })

  test('wires are orthogonal, begin below their port and end above the other', () => {
    const graph = picture(true)
    const layout = quickLayout(graph)
    for (const w of graph.wires) {
      const points = layout.wires.get(w.id) ?? []
      points.slice(1).forEach((point, index) => {
        const before = points[index]
        expect(point.x === before?.x || point.y === before?.y).toBe(true)
      })
      const source = graph.nodes.find((n) => n.id === w.source)
      const target = graph.nodes.find((n) => n.id === w.target)
      const top = layout.nodes.get(w.target)?.y ?? 0
      const bottom = (layout.nodes.get(w.source)?.y ?? 0) + (source?.height ?? 0)
      expect(points[0]?.y).toBe(bottom + WITH_PORTS.outReach)
      expect(points.at(-1)?.y).toBe(top - WITH_PORTS.inReach)
      const port = target?.inputs.find((p) => p.name === w.input)
      expect(points.at(-1)?.x).toBe((layout.nodes.get(w.target)?.x ?? 0) + (port?.x ?? 0))
    }
  })

  test('a chain is straight', () => {
    const graph = {
      nodes: [node('a', 0, 1), node('b', 1, 1, 480, 222), node('c', 1, 0)],
      wires: [wire('a', 0, 'b', 0), wire('b', 0, 'c', 0)],
    }
    const layout = quickLayout(graph, WITHOUT_PORTS)
    for (const points of layout.wires.values()) expect(points).toHaveLength(2)
  })

  test('ordering removes crossings', () => {
    const graph = {
      nodes: ['a', 'b', 'c', 'x', 'y', 'z'].map((id) => node(id, 1, 1)),
      wires: [wire('a', 0, 'z', 0), wire('b', 0, 'y', 0), wire('c', 0, 'x', 0)],
    }
    const joined = { ...graph, wires: [...graph.wires, wire('a', 0, 'y', 1), wire('b', 0, 'x', 1)] }
    const { ranks } = intoRanks(joined)
    orderRanks(ranks, null)
    expect(crossings(ranks)).toBe(0)
  })

  test('an expanded node pushes others, and the order stays', () => {
    const before = quickLayout(picture(false))
    const after = quickLayout(picture(true), WITH_PORTS, before)
    const leftOf = (layout: Layout, one: string, other: string) =>
      (layout.nodes.get(one)?.x ?? 0) < (layout.nodes.get(other)?.x ?? 0)
    for (const [one, other] of [
      ['classes', 'traindata'],
      ['plot', 'myModel'],
    ] as const) {
      expect(leftOf(after, one, other)).toBe(leftOf(before, one, other))
    }
    expect((after.nodes.get('plot')?.y ?? 0) - (before.nodes.get('plot')?.y ?? 0)).toBe(182)
  })

  test('the key tells graphs apart by structure and size only', () => {
    expect(layoutKey(picture(false), WITH_PORTS)).toBe(layoutKey(picture(false), WITH_PORTS))
    expect(layoutKey(picture(false), WITH_PORTS)).not.toBe(layoutKey(picture(true), WITH_PORTS))
  })

  test('a thousand nodes take well under a second', () => {
    const graph = large(1000)
    const start = performance.now()
    quickLayout(graph)
    expect(performance.now() - start).toBeLessThan(2000)
  })
})
