/** Who follows which job's console and feedback; asked for again after each reconnection. */
import type { ClientMessage, FeedbackCame, LogCame, Watching } from '@/api/types'
import { assertNever } from '@/lib/assert'
import type { JobId } from '@/lib/ids'

/** What a watcher of a job is told, in order; `watching` comes first, and again with each new attempt. */
export interface JobWatcher {
  watching(message: Watching): void
  log(message: LogCame): void
  feedback(message: FeedbackCame): void
  /** From which byte the console is wanted, asked on each (re)connection. */
  logOffset(): number
}

export class JobWatches {
  #watchers = new Map<JobId, Set<JobWatcher>>()
  #send: (message: ClientMessage) => void

  constructor(send: (message: ClientMessage) => void) {
    this.#send = send
  }

  add(job: JobId, watcher: JobWatcher): () => void {
    const watchers = this.#watchers.get(job) ?? new Set()
    this.#watchers.set(job, watchers.add(watcher))
    this.#send({ type: 'watch', job, log_offset: watcher.logOffset() })
    return () => {
      watchers.delete(watcher)
      if (watchers.size > 0 || this.#watchers.get(job) !== watchers) return
      this.#watchers.delete(job)
      this.#send({ type: 'unwatch', job })
    }
  }

  /** After a welcome: the server knows of no watches any more. */
  again(): void {
    for (const [job, watchers] of this.#watchers) {
      const offset = Math.min(...[...watchers].map((watcher) => watcher.logOffset()))
      this.#send({ type: 'watch', job, log_offset: offset })
    }
  }

  tell(message: Watching | LogCame | FeedbackCame): void {
    for (const watcher of this.#watchers.get(message.job) ?? []) {
      switch (message.type) {
        case 'watching':
          watcher.watching(message)
          break
        case 'log':
          watcher.log(message)
          break
        case 'feedback':
          watcher.feedback(message)
          break
        default:
          assertNever(message)
      }
    }
  }
}
