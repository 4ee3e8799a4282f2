/** Which lines of a console are the head of a traceback and the exception that ends it; in between stand the calls. */
import type { Screen } from './screen'

const HEAD = /^([\s|+]*)(?:Exception Group )?Traceback \(most recent call last\):\s*$/

export class Tracebacks {
  readonly #screen: Screen
  #marked = new Set<number>()
  #read = 0
  #inside = false

  constructor(screen: Screen) {
    this.#screen = screen
  }

  /** Reads the lines that were finished since the last time. */
  read(): ReadonlySet<number> {
    for (; this.#read < this.#screen.count - 1; this.#read++) {
      const text = this.#screen
        .line(this.#read)
        .map((span) => span.text)
        .join('')
      if (this.#marks(text)) this.#marked.add(this.#read)
    }
    return this.#marked
  }

  #marks(text: string): boolean {
    if (HEAD.test(text)) {
      this.#inside = true
      return true
    }
    // A group of exceptions draws its traceback behind a bar.
    const content = text.replace(/^\s*\| ?/, '')
    if (!this.#inside || content === '' || /^\s/.test(content)) return false
    this.#inside = false
    return true
  }
}
