/**
 * Console text as lines that can be drawn.
 *
 * Takes a job's output piece by piece, wherever it was cut, and keeps finished lines as spans of one style. `\r` returns to the
 * beginning of the line and later text overwrites it (progress bars), backspace steps back, `ESC [ K` clears to the end of the line,
 * colours are kept, and every other escape sequence is dropped: links, titles, clipboard and cursor movement have no effect here.
 */
import { PLAIN, type Style, sameStyle, select } from './style'

export interface Span {
  readonly text: string
  readonly style: Style
}

export type Line = readonly Span[]

/** What of one line is kept for drawing; the download has all of it. */
export const LONGEST_LINE = 4000

// One escape sequence, whole: CSI (colours and the like), OSC and other strings up to their end, or a two-character sequence.
const ESCAPE = /^(?:\x1b\[([0-9;:?<=>!]*)[ -/]*([@-~])|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-Z\\^`-~])/
// What may still become a whole sequence with the next piece. A string longer than this is no longer waited for.
const PARTIAL = /^\x1b(?:\[[0-9;:?<=>! -/]*|[\]PX^_][^\x07\x1b]*\x1b?|[ -/]*)?$/
const LONGEST_ESCAPE = 4096

export class Screen {
  private done: Line[] = []
  private cells: string[] = []
  private styles: Style[] = []
  private column = 0
  private style: Style = PLAIN
  private rest = ''
  private cut = 0

  /** All lines so far; the last one is still open. */
  get lines(): readonly Line[] {
    return [...this.done, this.spans()]
  }

  get count(): number {
    return this.done.length + 1
  }

  line(index: number): Line {
    return this.done[index] ?? this.spans()
  }

  write(piece: string): void {
    const text = this.rest + piece
    this.rest = ''
    let at = 0
    while (at < text.length) {
      const character = String.fromCodePoint(text.codePointAt(at) ?? 0)
      if (character === '\x1b') {
        const used = this.escape(text.slice(at, at + LONGEST_ESCAPE), text.length - at <= LONGEST_ESCAPE)
        if (used === 0) {
          this.rest = text.slice(at)
          return
        }
        at += used
        continue
      }
      at += character.length
      this.put(character)
    }
  }

  /** The length of the sequence that was taken; 0 when more text is needed to know. */
  private escape(text: string, mayGoOn: boolean): number {
    const whole = ESCAPE.exec(text)
    if (whole === null) return mayGoOn && PARTIAL.test(text) ? 0 : 1
    const [sequence, parameters = '', final] = whole
    if (final === 'm') this.style = select(this.style, parameters.split(/[;:]/).map(Number))
    if (final === 'K' && (parameters === '' || parameters === '0')) this.truncate(this.column)
    return sequence.length
  }

  private put(character: string): void {
    switch (character) {
      case '\n':
        this.done.push(this.spans())
        this.truncate(0)
        this.column = 0
        this.cut = 0
        return
      case '\r':
        this.column = 0
        return
      case '\b':
        this.column = Math.max(0, this.column - 1)
        return
      case '\t':
        do this.cell(' ')
        while (this.column % 8 !== 0)
        return
      default:
        if (character >= ' ') this.cell(character)
        else this.cell(String.fromCodePoint(0x2400 + (character.codePointAt(0) ?? 0)))
    }
  }

  private cell(character: string): void {
    if (this.column >= LONGEST_LINE) {
      this.cut += 1
      this.column += 1
      return
    }
    this.cells[this.column] = character
    this.styles[this.column] = this.style
    this.column += 1
  }

  private truncate(length: number): void {
    this.cells.length = Math.min(this.cells.length, length)
    this.styles.length = this.cells.length
  }

  private spans(): Line {
    const spans: { text: string; style: Style }[] = []
    this.cells.forEach((character, index) => {
      const style = this.styles[index] ?? PLAIN
      const last = spans.at(-1)
      if (last !== undefined && sameStyle(last.style, style)) last.text += character
      else spans.push({ text: character, style })
    })
    if (this.cut > 0) spans.push({ text: ` … ${this.cut} more characters`, style: { ...PLAIN, dim: true } })
    return spans
  }
}
