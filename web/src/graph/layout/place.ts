/** The third step: horizontal places. Each rank in turn moves as near as it can to where its neighbours want it. */
import type { Cell, Segment } from './layers'
import type { Spacing } from './types'

const ROUNDS = 10
const PASSES = 12
/** What a bend costs, in pixels of length. */
const BENT = 60

/** Sets `x` of all cells: no two of a rank nearer than the spacing allows, wires as straight as that leaves them. */
export function placeCells(ranks: readonly (readonly Cell[])[], spacing: Spacing): void {
  for (const cells of ranks) settle(cells, () => ({ want: 0, weight: 1 }), spacing)
  for (let round = 0; round < ROUNDS; round++) {
    for (const cells of ranks) settle(cells, (cell) => wish(cell, cell.up, []), spacing)
    for (const cells of [...ranks].reverse()) settle(cells, (cell) => wish(cell, [], cell.down), spacing)
  }
  for (let round = 0; round < 4; round++) {
    for (const cells of ranks) settle(cells, (cell) => wish(cell, cell.up, cell.down), spacing)
  }
  for (const cells of ranks) for (const cell of cells) cell.x = Math.round(cell.x)
  straighten(ranks, spacing)
}

interface Wish {
  readonly want: number
  readonly weight: number
}

function wish(cell: Cell, up: readonly Segment[], down: readonly Segment[]): Wish {
  const wants = [
    ...up.map((segment) => segment.from.x + segment.fromOffset - segment.toOffset),
    ...down.map((segment) => segment.to.x + segment.toOffset - segment.fromOffset),
  ]
  if (wants.length === 0) return { want: cell.x, weight: 0.05 }
  return { want: median(wants), weight: cell.node === null ? 4 : 1 }
}

function median(values: number[]): number {
  values.sort((one, other) => one - other)
  const middle = values.length >> 1
  const upper = values[middle] ?? 0
  return values.length % 2 === 1 ? upper : (upper + (values[middle - 1] ?? upper)) / 2
}

/**
 * The places nearest to all wishes (least squares) that keep order and gaps: isotonic regression by pooling adjacent violators
 * (Barlow et al. 1972), after taking the widths out.
 */
function settle(cells: readonly Cell[], wished: (cell: Cell) => Wish, spacing: Spacing): void {
  const blocks: { sum: number; weight: number; size: number }[] = []
  const offsets: number[] = []
  let offset = 0
  cells.forEach((cell, index) => {
    const before = cells[index - 1]
    if (before !== undefined) offset += before.width + gap(before, cell, spacing)
    offsets.push(offset)
    const { want, weight } = wished(cell)
    let block = { sum: (want - offset) * weight, weight, size: 1 }
    for (let last = blocks.at(-1); last !== undefined; last = blocks.at(-1)) {
      if (last.sum / last.weight < block.sum / block.weight) break
      blocks.pop()
      block = { sum: last.sum + block.sum, weight: last.weight + block.weight, size: last.size + block.size }
    }
    blocks.push(block)
  })
  let at = 0
  for (const block of blocks) {
    for (let member = 0; member < block.size; member++, at++) {
      const cell = cells[at]
      if (cell !== undefined) cell.x = block.sum / block.weight + (offsets[at] ?? 0)
    }
  }
}

function gap(left: Cell, right: Cell, spacing: Spacing): number {
  const nodes = Number(left.node !== null) + Number(right.node !== null)
  if (nodes === 2) return spacing.nodeGap
  return nodes === 1 ? spacing.nodeGap * 0.7 : spacing.wireGap * 1.5
}

/** What moves as one: a node, or the whole passage of a long wire. */
type Unit = readonly Cell[]

/** Moves units to where one of their wires runs straight, as long as that makes the picture better and there is room. */
function straighten(ranks: readonly (readonly Cell[])[], spacing: Spacing): void {
  const units = unitsOf(ranks)
  for (let pass = 0; pass < PASSES; pass++) {
    let moved = false
    for (const unit of pass % 2 === 0 ? units : units.toReversed()) moved = improve(unit, ranks, spacing) || moved
    if (!moved) return
  }
}

function unitsOf(ranks: readonly (readonly Cell[])[]): Unit[] {
  const units: Unit[] = []
  for (const cell of ranks.flat()) {
    if (cell.node !== null) units.push([cell])
    else if (cell.up[0]?.from.node !== null) units.push(passage(cell))
  }
  return units
}

function passage(first: Cell): Cell[] {
  const cells = [first]
  for (let next = first.down[0]?.to; next !== undefined && next.node === null; next = next.down[0]?.to) cells.push(next)
  return cells
}

function improve(unit: Unit, ranks: readonly (readonly Cell[])[], spacing: Spacing): boolean {
  const inside = new Set(unit)
  // Where the unit's left edge would have to be for each of its outer wires to run straight.
  const wants = unit.flatMap((cell) => [
    ...cell.up.filter((it) => !inside.has(it.from)).map((it) => it.from.x + it.fromOffset - it.toOffset),
    ...cell.down.filter((it) => !inside.has(it.to)).map((it) => it.to.x + it.toOffset - it.fromOffset),
  ])
  const price = (x: number): number =>
    wants.reduce((sum, want) => sum + (want === x ? 0 : BENT + Math.abs(want - x)), 0)
  const crooked = unit.some((cell) => cell.x !== unit[0]?.x)
  const now = crooked ? Number.POSITIVE_INFINITY : price(unit[0]?.x ?? 0)
  const [least, most] = room(unit, ranks, spacing)
  let best: number | null = null
  let lowest = now
  for (const x of wants) {
    if (x < least || x > most || price(x) >= lowest) continue
    best = x
    lowest = price(x)
  }
  if (best === null) return false
  for (const cell of unit) cell.x = best
  return true
}

function room(unit: Unit, ranks: readonly (readonly Cell[])[], spacing: Spacing): readonly [number, number] {
  let least = Number.NEGATIVE_INFINITY
  let most = Number.POSITIVE_INFINITY
  for (const cell of unit) {
    const left = ranks[cell.rank]?.[cell.order - 1]
    const right = ranks[cell.rank]?.[cell.order + 1]
    if (left !== undefined) least = Math.max(least, left.x + left.width + gap(left, cell, spacing))
    if (right !== undefined) most = Math.min(most, right.x - cell.width - gap(cell, right, spacing))
  }
  return [least, most]
}
