/** The third step: horizontal places. Each rank in turn moves as near as it can to where its neighbours want it. */
import type { Cell, Segment } from './layers'
import type { Spacing } from './types'

const ROUNDS = 10
/** A bend shorter than this looks like a mistake: it is straightened where there is room. */
const SMALL = 30

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
  for (const cells of ranks) straighten(cells, spacing)
  for (const cells of [...ranks].reverse()) straighten(cells, spacing)
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

/** Moves a cell by the smallest of its bends, when it has room and none of its wires is straight already. */
function straighten(cells: readonly Cell[], spacing: Spacing): void {
  cells.forEach((cell, index) => {
    const bends = [...cell.up, ...cell.down].map((segment) => bend(segment, cell))
    if (bends.length === 0 || bends.includes(0)) return
    const smallest = bends.reduce((best, value) => (Math.abs(value) < Math.abs(best) ? value : best))
    if (Math.abs(smallest) > SMALL) return
    const left = cells[index - 1]
    const right = cells[index + 1]
    const least = left === undefined ? Number.NEGATIVE_INFINITY : left.x + left.width + gap(left, cell, spacing)
    const most = right === undefined ? Number.POSITIVE_INFINITY : right.x - cell.width - gap(cell, right, spacing)
    const x = cell.x + smallest
    if (x >= least && x <= most) cell.x = x
  })
}

/** How far the cell would have to move for this segment to run straight. */
function bend(segment: Segment, cell: Cell): number {
  const span = segment.to.x + segment.toOffset - segment.from.x - segment.fromOffset
  return cell === segment.from ? span : -span
}
