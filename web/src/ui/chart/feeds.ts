/**
 * The graphs of a watched job, line by line, put together from what was there when watching began and what comes since.
 *
 * Points that were added before are fetched once per line (thinned by the server); points that arrive in the meantime wait, and
 * each message says how many came before it, so that none is drawn twice or left out. A fetch that fails is tried again.
 */
import type { FeedbackRecord, GraphState, LinePoints } from '@/api/types'
import { assertNever } from '@/lib/assert'
import { append, NO_POINTS, type Points, unpack } from './points'

export interface LineFeed {
  readonly line: number
  readonly name: string
  readonly points: Points
}

export interface GraphFeed {
  readonly graph: number
  readonly name: string
  readonly x: string
  readonly y: string
  readonly lines: readonly LineFeed[]
}

export type FetchLine = (line: number) => Promise<LinePoints>

/** What a job reports of its graphs. */
export type GraphRecord = Extract<FeedbackRecord, { kind: 'graph' | 'line' | 'axes' | 'points' }>

/** Pauses before a line that could not be fetched is asked for again, in milliseconds; the last one stays. */
const PAUSES = [1000, 2000, 4000, 8000, 15_000] as const

interface Drawn {
  /** How many points are in the graph; null until the first fetch has answered. */
  known: number | null
  readonly arrived: { readonly first: number; readonly points: Points }[]
}

export class LineFeeds {
  #graphs: readonly GraphFeed[] = []
  #lines = new Map<number, Drawn>()
  #generation = 0
  readonly #fetchLine: FetchLine
  readonly #fetched: () => void
  readonly #wanted: () => boolean

  /** `fetched` is told when earlier points came; a fetch is tried again only while the graphs are `wanted`. */
  constructor(fetchLine: FetchLine, fetched: () => void, wanted: () => boolean) {
    this.#fetchLine = fetchLine
    this.#fetched = fetched
    this.#wanted = wanted
  }

  get graphs(): readonly GraphFeed[] {
    return this.#graphs
  }

  /** Watching began, or began again: these graphs are there, and the points of their lines are fetched. */
  begin(graphs: readonly GraphState[]): void {
    this.#generation += 1
    this.#lines.clear()
    this.#graphs = graphs.map((graph) => ({
      ...graph,
      lines: graph.lines.map(({ line, name }) => ({ line, name, points: NO_POINTS })),
    }))
    for (const { line, count } of graphs.flatMap(({ lines }) => lines)) {
      const drawn: Drawn = { known: count === 0 ? 0 : null, arrived: [] }
      this.#lines.set(line, drawn)
      if (count > 0) void this.#load(line, drawn, this.#generation)
    }
  }

  record(record: GraphRecord): void {
    switch (record.kind) {
      case 'graph':
        this.#graphs = [...this.#graphs, { graph: record.graph, name: record.name, x: '', y: '', lines: [] }]
        return
      case 'line':
        this.#lines.set(record.line, { known: 0, arrived: [] })
        this.#change(record.graph, (graph) => ({
          ...graph,
          lines: [...graph.lines, { line: record.line, name: record.name, points: NO_POINTS }],
        }))
        return
      case 'axes':
        this.#change(record.graph, (graph) => ({ ...graph, x: record.x ?? graph.x, y: record.y ?? graph.y }))
        return
      case 'points':
        this.#add(record.line, record.first, unpack(record.points))
        return
      default:
        assertNever(record)
    }
  }

  /** Never rejects. */
  async #load(line: number, drawn: Drawn, generation: number): Promise<void> {
    const answer = await this.#fetch(line, drawn, generation)
    if (answer === null) return
    drawn.known = answer.count
    this.#draw(line, answer.points)
    for (const { first, points } of drawn.arrived.splice(0)) this.#add(line, first, points)
    this.#fetched()
  }

  /** The points so far; null where nobody needs them any more. */
  async #fetch(line: number, drawn: Drawn, generation: number): Promise<{ count: number; points: Points } | null> {
    for (let failures = 0; ; failures += 1) {
      // What came before this fetch is in its answer.
      drawn.arrived.length = 0
      try {
        const { count, points } = await this.#fetchLine(line)
        return generation === this.#generation ? { count, points: unpack(points) } : null
      } catch {
        await paused(PAUSES[failures] ?? PAUSES[PAUSES.length - 1] ?? 0)
        if (generation !== this.#generation || !this.#wanted()) return null
      }
    }
  }

  #add(line: number, first: number, points: Points): void {
    const drawn = this.#lines.get(line)
    if (drawn === undefined) return
    if (drawn.known === null) {
      drawn.arrived.push({ first, points })
      return
    }
    const known = Math.max(0, drawn.known - first)
    if (known >= points.xs.length) return
    drawn.known = first + points.xs.length
    this.#draw(line, { xs: points.xs.slice(known), ys: points.ys.slice(known) })
  }

  #draw(line: number, points: Points): void {
    this.#graphs = this.#graphs.map((graph) =>
      graph.lines.some((one) => one.line === line)
        ? {
            ...graph,
            lines: graph.lines.map((one) => (one.line === line ? { ...one, points: append(one.points, points) } : one)),
          }
        : graph,
    )
  }

  #change(number: number, change: (graph: GraphFeed) => GraphFeed): void {
    this.#graphs = this.#graphs.map((graph) => (graph.graph === number ? change(graph) : graph))
  }
}

function paused(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
