import { type CodePlace, cut } from './places'
import type { Line } from './screen'

interface Props {
  readonly line: Line
  /** Part of what a traceback says went wrong. */
  readonly error: boolean
  readonly query: string
  readonly current: boolean
  readonly onOpen: (place: CodePlace) => void
}

/** The text of one console line in its colours, with links into the job's code and the matches of the search. */
export function LineText({ line, error, query, current, onOpen }: Props) {
  return (
    <span className="console-text" data-error={error || undefined}>
      {line.map(({ text, style }, index) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: spans have no identity but their place
          key={index}
          data-color={style.color ?? undefined}
          data-bold={style.bold || undefined}
          data-dim={style.dim || undefined}
        >
          {cut(text, query).map((piece, part) => {
            // biome-ignore-start lint/suspicious/noArrayIndexKey: pieces have no identity but their place
            if (piece.place !== null) {
              const place = piece.place
              return (
                <button type="button" className="console-link" key={part} onClick={() => onOpen(place)}>
                  {piece.text}
                </button>
              )
            }
            return piece.match ? (
              <mark key={part} data-current={current || undefined}>
                {piece.text}
              </mark>
            ) : (
              piece.text
            )
            // biome-ignore-end lint/suspicious/noArrayIndexKey: pieces have no identity but their place
          })}
        </span>
      ))}
    </span>
  )
}
