/** The second step: the order of cells within ranks, with few crossings (barycentre heuristic: Sugiyama, Tagawa and Toda 1981). */
import type { Cell, Segment } from './layers'

/**
 * Sorts each rank in place. `hint` has the horizontal places of nodes before; their order is kept unless another crosses less,
 * and with `keep` in any case.
 */
export function orderRanks(ranks: Cell[][], hint: ReadonlyMap<string, number> | null, keep = false): void {
  arrange(ranks, hint)
  if (keep) return
  let best = snapshot(ranks)
  let fewest = crossings(ranks)
  const size = ranks.reduce((sum, cells) => sum + cells.length, 0)
  const sweeps = size > 2000 ? 4 : 14
  for (let sweep = 0; sweep < sweeps && fewest > 0; sweep++) {
    const downwards = sweep % 2 === 0
    const sequence = downwards ? ranks.slice(1) : ranks.slice(0, -1).reverse()
    for (const cells of sequence) sortBy(cells, (cell) => barycentre(downwards ? cell.up : cell.down, downwards))
    const now = crossings(ranks)
    if (now < fewest) {
      fewest = now
      best = snapshot(ranks)
    }
  }
  ranks.forEach((cells, index) => {
    cells.splice(0, cells.length, ...(best[index] ?? []))
    number(cells)
  })
}

/** The first order: where nodes were before, or depth first from the top, so that what belongs together stays together. */
function arrange(ranks: Cell[][], hint: ReadonlyMap<string, number> | null): void {
  const seen = new Map<Cell, number>()
  const visit = (start: Cell): void => {
    const stack = [start]
    for (let cell = stack.pop(); cell !== undefined; cell = stack.pop()) {
      if (seen.has(cell)) continue
      seen.set(cell, seen.size)
      for (const segment of [...cell.down].reverse()) stack.push(segment.to)
    }
  }
  for (const cells of ranks) for (const cell of cells) if (cell.up.length === 0) visit(cell)
  for (const cells of ranks) for (const cell of cells) visit(cell)
  for (const cells of ranks) cells.sort((one, other) => (seen.get(one) ?? 0) - (seen.get(other) ?? 0))
  for (const cells of ranks) number(cells)
  if (hint === null) return
  for (const cells of ranks) sortBy(cells, (cell) => hintOf(cell, hint))
}

/** Where a cell was; a passing wire is where its ends are. */
function hintOf(cell: Cell, hint: ReadonlyMap<string, number>): number | null {
  if (cell.node !== null) return hint.get(cell.node.id) ?? null
  let from: Cell | undefined = cell
  while (from !== undefined && from.node === null) from = from.up[0]?.from
  let to: Cell | undefined = cell
  while (to !== undefined && to.node === null) to = to.down[0]?.to
  const ends = [from?.node, to?.node]
    .map((node) => (node ? hint.get(node.id) : undefined))
    .filter((x) => x !== undefined)
  return ends.length === 0 ? null : ends.reduce((sum, x) => sum + x, 0) / ends.length
}

/** Sorts cells that have a value; the others keep their places. */
function sortBy(cells: Cell[], value: (cell: Cell) => number | null): void {
  const keyed = cells.map((cell) => ({ cell, key: value(cell) }))
  const moving = keyed.filter((entry) => entry.key !== null)
  moving.sort((one, other) => (one.key ?? 0) - (other.key ?? 0) || one.cell.order - other.cell.order)
  let next = 0
  keyed.forEach((entry, index) => {
    cells[index] = entry.key === null ? entry.cell : (moving[next++]?.cell ?? entry.cell)
  })
  number(cells)
}

function number(cells: Cell[]): void {
  cells.forEach((cell, index) => {
    cell.order = index
  })
}

function barycentre(segments: readonly Segment[], upper: boolean): number | null {
  if (segments.length === 0) return null
  const sum = segments.reduce((total, segment) => total + (upper ? fromPosition(segment) : toPosition(segment)), 0)
  return sum / segments.length
}

/** A place in the order that tells the ports of one node apart. */
function fromPosition(segment: Segment): number {
  return segment.from.order + share(segment.fromOffset, segment.from.width)
}

function toPosition(segment: Segment): number {
  return segment.to.order + share(segment.toOffset, segment.to.width)
}

function share(offset: number, width: number): number {
  return width === 0 ? 0.45 : (0.9 * offset) / width
}

function snapshot(ranks: readonly Cell[][]): Cell[][] {
  return ranks.map((cells) => [...cells])
}

/** How many pairs of segments cross: inversions, counted with a Fenwick tree (Barth, Jünger and Mutzel 2002). */
export function crossings(ranks: readonly (readonly Cell[])[]): number {
  return ranks.reduce((sum, cells) => sum + crossingsBelow(cells), 0)
}

function crossingsBelow(cells: readonly Cell[]): number {
  const pairs = cells
    .flatMap((cell) => cell.down)
    .map((segment) => [fromPosition(segment), toPosition(segment)] as const)
  if (pairs.length < 2) return 0
  pairs.sort((one, other) => one[0] - other[0] || one[1] - other[1])
  const places = [...new Set(pairs.map((pair) => pair[1]))].sort((one, other) => one - other)
  const index = new Map(places.map((place, at) => [place, at + 1]))
  const tree = new Int32Array(places.length + 1)
  let count = 0
  pairs.forEach(([, to], done) => {
    const at = index.get(to) ?? 1
    let before = 0
    for (let i = at; i > 0; i -= i & -i) before += tree[i] ?? 0
    count += done - before
    for (let i = at; i < tree.length; i += i & -i) tree[i] = (tree[i] ?? 0) + 1
  })
  return count
}
