/** A job's console: numbered lines, colours, links to the code, search; follows the end until the reader scrolls up. */
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef } from 'react'
import './console.css'
import { LineText } from './LineText'
import type { CodePlace } from './places'
import type { Screen } from './screen'
import { Tracebacks } from './tracebacks'

const LINE_HEIGHT = 19

interface Props {
  readonly screen: Screen
  /** Grows with every write to the screen, which itself stays the same object. */
  readonly revision: number
  /** False where earlier lines are not here: their number, and so those of the lines that follow, is not known. */
  readonly numbered: boolean
  /** Stands above the first line, numbered -1. */
  readonly heading: string
  readonly follow: boolean
  readonly onFollow: (follow: boolean) => void
  readonly query: string
  /** The line that the search stands on. */
  readonly found: number | null
  readonly onOpen: (place: CodePlace) => void
}

export function Console({ screen, revision, numbered, heading, follow, onFollow, query, found, onOpen }: Props) {
  const scroller = useRef<HTMLDivElement>(null)
  const count = lineCount(screen)
  const tracebacks = useMemo(() => new Tracebacks(screen), [screen])
  const marked = tracebacks.read()
  const rows = useVirtualizer({
    count: count + 1,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT,
    overscan: 20,
  })

  // biome-ignore lint/correctness/useExhaustiveDependencies: every write may have made the text longer
  useEffect(() => {
    const element = scroller.current
    if (follow && element !== null) element.scrollTop = element.scrollHeight
  }, [follow, revision])

  useEffect(() => {
    if (found !== null) rows.scrollToIndex(found + 1, { align: 'center' })
  }, [found, rows])

  const scrolled = () => {
    const element = scroller.current
    if (element === null) return
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < 2 * LINE_HEIGHT
    if (atEnd !== follow && (!atEnd || element.scrollTop > 0)) onFollow(atEnd)
  }

  return (
    <section className="console" ref={scroller} onScroll={scrolled} aria-label="Console">
      <div className="console-lines" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, start }) => (
          <div className="console-line" key={index} style={{ transform: `translateY(${start}px)` }}>
            <span className="console-number">{index === 0 ? -1 : numbered ? index : '·'}</span>
            {index === 0 ? (
              <span className="console-heading">{heading}</span>
            ) : (
              <LineText
                line={screen.line(index - 1)}
                error={marked.has(index - 1)}
                query={query}
                current={found === index - 1}
                onOpen={onOpen}
              />
            )}
          </div>
        ))}
      </div>
    </section>
  )
}

/** Without the empty line that a final line feed opens. */
function lineCount(screen: Screen): number {
  return screen.line(screen.count - 1).length === 0 ? screen.count - 1 : screen.count
}
