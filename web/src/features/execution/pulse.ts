/** The pulse of one job: its last console lines and its first graph, from what the socket sends. The job's own screen has all of it. */
import type { FeedbackCame, FeedbackRecord, LogCame, Watching } from '@/api/types'
import type { JobWatcher } from '@/document/watches'
import { type FetchLine, type GraphFeed, LineFeeds } from '@/ui/chart/feeds'

export interface PulseState {
  /** The last lines of the console, without colours. */
  readonly tail: readonly string[]
  readonly graph: GraphFeed | null
}

const KEPT = 6000
const SHOWN = 6
const EMPTY: PulseState = { tail: [], graph: null }

export class Pulse implements JobWatcher {
  #state: PulseState = EMPTY
  #text = ''
  #next = 0
  #attempt: string | null = null
  #lines: LineFeeds
  #listeners = new Set<() => void>()

  constructor(fetchLine: FetchLine) {
    this.#lines = new LineFeeds(
      fetchLine,
      () => this.#tell(),
      () => this.#listeners.size > 0,
    )
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
      this.#state = EMPTY
    }
    this.#attempt = attempt
    this.#lines.begin(feedback?.graphs.slice(0, 1) ?? [])
    this.#tell()
  }

  log({ next, text }: LogCame): void {
    if (next <= this.#next) return
    this.#next = next
    this.#text = (this.#text + text).slice(-KEPT)
    this.#state = { ...this.#state, tail: lastLines(this.#text, SHOWN) }
    this.#tell()
  }

  feedback({ records }: FeedbackCame): void {
    for (const record of records) this.#record(record)
    this.#tell()
  }

  /** Only the first graph is of interest. */
  #record(record: FeedbackRecord): void {
    if (record.kind === 'image' || record.kind === 'progress') return
    if (record.kind === 'graph' && this.#lines.graphs.length > 0) return
    this.#lines.record(record)
  }

  #tell(): void {
    this.#state = { ...this.#state, graph: this.#lines.graphs[0] ?? null }
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
