/** The pulse of one job: its last console lines and its first graph, from what the socket sends. The job's own screen has all of it. */
import type { FeedbackCame, FeedbackRecord, LinePoints, LogCame, Watching } from '@/api/types'
import type { JobWatcher } from '@/document/watches'
import { append, NO_POINTS, type Points, unpack } from '@/ui/chart/points'

export interface PulseLine {
  readonly line: number
  readonly name: string
  readonly points: Points
}

export interface PulseGraph {
  readonly graph: number
  readonly name: string
  readonly x: string
  readonly y: string
  readonly lines: readonly PulseLine[]
}

export interface PulseState {
  /** The last lines of the console, without colours. */
  readonly tail: readonly string[]
  readonly graph: PulseGraph | null
}

const KEPT = 6000
const SHOWN = 6
const EMPTY: PulseState = { tail: [], graph: null }

export class Pulse implements JobWatcher {
  #state: PulseState = EMPTY
  #text = ''
  #next = 0
  #attempt: string | null = null
  #generation = 0
  /** How many points of a line are drawn; null while the first are fetched. */
  #known = new Map<number, number | null>()
  #waiting = new Map<number, { first: number; points: Points }[]>()
  #listeners = new Set<() => void>()
  #fetchLine: (line: number) => Promise<LinePoints>

  constructor(fetchLine: (line: number) => Promise<LinePoints>) {
    this.#fetchLine = fetchLine
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly current = (): PulseState => this.#state

  readonly logOffset = (): number => this.#next

  watching({ attempt, feedback }: Watching): void {
    if (attempt !== this.#attempt) {
      this.#text = ''
      this.#next = 0
    }
    this.#attempt = attempt
    this.#generation += 1
    this.#known.clear()
    this.#waiting.clear()
    const [first] = feedback?.graphs ?? []
    const graph =
      first === undefined
        ? null
        : { ...first, lines: first.lines.map(({ line, name }) => ({ line, name, points: NO_POINTS })) }
    this.#set({ graph, tail: lastLines(this.#text, SHOWN) })
    for (const { line, count } of first?.lines ?? []) {
      if (count === 0) this.#known.set(line, 0)
      else void this.#load(line, this.#generation)
    }
  }

  log({ next, text }: LogCame): void {
    if (next <= this.#next) return
    this.#next = next
    this.#text = (this.#text + text).slice(-KEPT)
    this.#set({ ...this.#state, tail: lastLines(this.#text, SHOWN) })
  }

  feedback({ records }: FeedbackCame): void {
    for (const record of records) this.#record(record)
    this.#set(this.#state)
  }

  async #load(line: number, generation: number): Promise<void> {
    this.#known.set(line, null)
    const answer = await this.#fetchLine(line)
    if (generation !== this.#generation) return
    this.#known.set(line, answer.count)
    this.#draw(line, unpack(answer.points))
    for (const { first, points } of this.#waiting.get(line) ?? []) this.#add(line, first, points)
    this.#waiting.delete(line)
    this.#set(this.#state)
  }

  #record(record: FeedbackRecord): void {
    const { graph } = this.#state
    if (record.kind === 'graph' && graph === null) {
      this.#state = { ...this.#state, graph: { graph: record.graph, name: record.name, x: '', y: '', lines: [] } }
    } else if (record.kind === 'line' && graph?.graph === record.graph) {
      this.#known.set(record.line, 0)
      const lines = [...graph.lines, { line: record.line, name: record.name, points: NO_POINTS }]
      this.#state = { ...this.#state, graph: { ...graph, lines } }
    } else if (record.kind === 'axes' && graph?.graph === record.graph) {
      this.#state = { ...this.#state, graph: { ...graph, x: record.x ?? graph.x, y: record.y ?? graph.y } }
    } else if (record.kind === 'points') {
      this.#add(record.line, record.first, unpack(record.points))
    }
  }

  /** Points that are drawn already are left out: each message says how many came before it. */
  #add(line: number, first: number, points: Points): void {
    const known = this.#known.get(line)
    if (known === undefined) return
    if (known === null) {
      this.#waiting.set(line, [...(this.#waiting.get(line) ?? []), { first, points }])
      return
    }
    const skip = Math.max(0, known - first)
    if (skip >= points.xs.length) return
    this.#known.set(line, first + points.xs.length)
    this.#draw(line, { xs: points.xs.slice(skip), ys: points.ys.slice(skip) })
  }

  #draw(line: number, points: Points): void {
    const { graph } = this.#state
    if (graph === null) return
    const lines = graph.lines.map((one) => (one.line === line ? { ...one, points: append(one.points, points) } : one))
    this.#state = { ...this.#state, graph: { ...graph, lines } }
  }

  #set(state: PulseState): void {
    this.#state = state === this.#state ? { ...state } : state
    for (const listener of this.#listeners) listener()
  }
}

const ESCAPES = new RegExp(`${String.fromCharCode(27)}(?:\\[[0-9;:?<=>!]*[ -/]*[@-~]|[@-Z\\\\^_])`, 'g')

/** The last lines that are not empty; `\r` begins a line anew, as progress bars do. */
export function lastLines(text: string, count: number): string[] {
  const lines = text
    .replaceAll(ESCAPES, '')
    .split('\n')
    .map((line) => line.replace(/\r+$/, '').split('\r').at(-1) ?? '')
    .filter((line) => line.trim() !== '')
  return lines.slice(-count)
}
