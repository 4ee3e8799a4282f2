/** What a watched job has said so far: its console, graphs, images and progress, put together from the live messages. */
import type { FeedbackCame, FeedbackRecord, ImageState, LogCame, Progress, Watching } from '@/api/types'
import type { JobWatcher } from '@/document/client'
import { assertNever } from '@/lib/assert'
import type { AttemptId } from '@/lib/ids'
import { type FetchLine, type GraphFeed, LineFeeds } from '@/ui/chart/feeds'
import { Screen } from './console/screen'

export type { GraphFeed }

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

export class JobFeed implements JobWatcher {
  private state: JobState = emptyState()
  private attempt: AttemptId | null = null
  private next = 0
  private readonly lines: LineFeeds
  private readonly listeners = new Set<() => void>()

  constructor(fetchLine: FetchLine) {
    this.lines = new LineFeeds(
      fetchLine,
      () => this.tell(),
      () => this.listeners.size > 0,
    )
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
    if (!goesOn) {
      this.next = 0
      this.state = { ...emptyState(), written: this.state.written + 1 }
    }
    this.lines.begin(feedback?.graphs ?? [])
    this.state = {
      ...this.state,
      images: feedback?.images.map(imageFeed) ?? [],
      progress: feedback?.progress ?? null,
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

  private tell(): void {
    this.state = { ...this.state, graphs: this.lines.graphs }
    for (const listener of this.listeners) listener()
  }

  private record(record: FeedbackRecord): void {
    const { images } = this.state
    switch (record.kind) {
      case 'graph':
      case 'line':
      case 'axes':
      case 'points':
        this.lines.record(record)
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
}

function emptyState(): JobState {
  return { screen: new Screen(), written: 0, skipped: 0, graphs: [], images: [], progress: null }
}

function imageFeed(image: ImageState): ImageFeed {
  const { title, width, height, revision } = image
  return { image: image.image, title, drawn: image.blob !== null, width, height, revision }
}
