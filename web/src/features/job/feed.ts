/**
 * What a watched job has said so far: its console, graphs, images and progress, put together from the live messages.
 *
 * Points that were added before watching began are fetched once per line (thinned by the server); points that arrive in the meantime wait,
 * and each message says how many came before it, so that none is drawn twice or left out.
 */
import type {
  FeedbackCame,
  FeedbackRecord,
  GraphState,
  ImageState,
  LinePoints,
  LogCame,
  Progress,
  Watching,
} from '@/api/types'
import type { JobWatcher } from '@/document/client'
import { assertNever } from '@/lib/assert'
import type { AttemptId } from '@/lib/ids'
import { append, NO_POINTS, type Points, unpack } from '@/ui/chart/points'
import { Screen } from './console/screen'

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

export interface ImageFeed {
  readonly image: number
  readonly title: string
  readonly drawn: boolean
  readonly width: number
  readonly height: number
  readonly revision: number
}

export interface JobState {
  readonly screen: Screen
  /** Grows with everything that is written to the screen. */
  readonly written: number
  /** Bytes of the console that were skipped because there were too many: they are in the download. */
  readonly skipped: number
  readonly graphs: readonly GraphFeed[]
  readonly images: readonly ImageFeed[]
  readonly progress: Progress | null
}

export type FetchLine = (line: number) => Promise<LinePoints>

interface Waiting {
  /** How many points are in the graph; null until the first fetch has answered. */
  known: number | null
  readonly arrived: { readonly first: number; readonly points: Points }[]
}

export class JobFeed implements JobWatcher {
  private state: JobState = emptyState()
  private attempt: AttemptId | null = null
  private next = 0
  private generation = 0
  private readonly lines = new Map<number, Waiting>()
  private readonly listeners = new Set<() => void>()
  private readonly fetchLine: FetchLine

  constructor(fetchLine: FetchLine) {
    this.fetchLine = fetchLine
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  readonly current = (): JobState => this.state

  /** From where on the console is still needed. */
  readonly logOffset = (): number => this.next

  /** Begin, or after a lost connection go on: then only graphs and images are taken anew. */
  watching({ attempt, feedback }: Watching): void {
    const goesOn = attempt === this.attempt
    this.attempt = attempt
    this.generation += 1
    this.lines.clear()
    if (!goesOn) {
      this.next = 0
      this.state = { ...emptyState(), written: this.state.written + 1 }
    }
    this.state = {
      ...this.state,
      graphs: feedback?.graphs.map(graphFeed) ?? [],
      images: feedback?.images.map(imageFeed) ?? [],
      progress: feedback?.progress ?? null,
    }
    for (const line of feedback?.graphs.flatMap((graph) => graph.lines) ?? []) {
      if (line.count === 0) this.lines.set(line.line, { known: 0, arrived: [] })
      else void this.load(line.line)
    }
    this.tell()
  }

  feedback({ records }: FeedbackCame): void {
    for (const record of records) this.record(record)
    this.tell()
  }

  log({ offset, next, text }: LogCame): void {
    if (next <= this.next) return
    const skipped = Math.max(0, offset - this.next)
    if (skipped > 0 && this.next > 0) this.state.screen.write('\n')
    this.state.screen.write(text)
    this.next = next
    this.state = { ...this.state, written: this.state.written + 1, skipped: this.state.skipped + skipped }
    this.tell()
  }

  private async load(line: number): Promise<void> {
    const { generation } = this
    const waiting: Waiting = { known: null, arrived: [] }
    this.lines.set(line, waiting)
    const answer = await this.fetchLine(line)
    if (generation !== this.generation) return
    waiting.known = answer.count
    this.draw(line, unpack(answer.points))
    for (const { first, points } of waiting.arrived.splice(0)) this.add(line, first, points)
    this.tell()
  }

  private tell(): void {
    for (const listener of this.listeners) listener()
  }

  private record(record: FeedbackRecord): void {
    const { graphs, images } = this.state
    switch (record.kind) {
      case 'graph':
        this.state = {
          ...this.state,
          graphs: [...graphs, { graph: record.graph, name: record.name, x: '', y: '', lines: [] }],
        }
        return
      case 'line':
        this.lines.set(record.line, { known: 0, arrived: [] })
        this.changeGraph(record.graph, (graph) => ({
          ...graph,
          lines: [...graph.lines, { line: record.line, name: record.name, points: NO_POINTS }],
        }))
        return
      case 'axes':
        this.changeGraph(record.graph, (graph) => ({ ...graph, x: record.x ?? graph.x, y: record.y ?? graph.y }))
        return
      case 'points':
        this.add(record.line, record.first, unpack(record.points))
        return
      case 'image': {
        const before = images.find((image) => image.image === record.image)
        const image: ImageFeed = {
          image: record.image,
          title: record.title ?? before?.title ?? '',
          drawn: record.blob !== null || (before?.drawn ?? false),
          width: record.blob === null ? (before?.width ?? 0) : record.width,
          height: record.blob === null ? (before?.height ?? 0) : record.height,
          revision: (before?.revision ?? 0) + (record.blob === null ? 0 : 1),
        }
        this.state = {
          ...this.state,
          images: before ? images.map((one) => (one === before ? image : one)) : [...images, image],
        }
        return
      }
      case 'progress':
        this.state = { ...this.state, progress: record.progress }
        return
      default:
        assertNever(record)
    }
  }

  private add(line: number, first: number, points: Points): void {
    const waiting = this.lines.get(line)
    if (waiting === undefined) return
    if (waiting.known === null) {
      waiting.arrived.push({ first, points })
      return
    }
    const known = Math.max(0, waiting.known - first)
    if (known >= points.xs.length) return
    waiting.known = first + points.xs.length
    this.draw(line, { xs: points.xs.slice(known), ys: points.ys.slice(known) })
  }

  private draw(line: number, points: Points): void {
    const graphs = this.state.graphs.map((graph) =>
      graph.lines.some((one) => one.line === line)
        ? {
            ...graph,
            lines: graph.lines.map((one) => (one.line === line ? { ...one, points: append(one.points, points) } : one)),
          }
        : graph,
    )
    this.state = { ...this.state, graphs }
  }

  private changeGraph(number: number, change: (graph: GraphFeed) => GraphFeed): void {
    const graphs = this.state.graphs.map((graph) => (graph.graph === number ? change(graph) : graph))
    this.state = { ...this.state, graphs }
  }
}

function emptyState(): JobState {
  return { screen: new Screen(), written: 0, skipped: 0, graphs: [], images: [], progress: null }
}

function graphFeed(graph: GraphState): GraphFeed {
  return { ...graph, lines: graph.lines.map(({ line, name }) => ({ line, name, points: NO_POINTS })) }
}

function imageFeed(image: ImageState): ImageFeed {
  const { title, width, height, revision } = image
  return { image: image.image, title, drawn: image.blob !== null, width, height, revision }
}
