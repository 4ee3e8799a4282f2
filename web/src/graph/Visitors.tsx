/** Where the hands of others are. */
import { ViewportPortal } from '@xyflow/react'
import type { Visitor } from './model'

export function Visitors({ visitors }: { visitors: readonly Visitor[] }) {
  return (
    <ViewportPortal>
      {visitors.map(({ id, name, color, pointer }) =>
        pointer === null ? null : (
          <div
            key={id}
            className="graph-pointer"
            style={{ transform: `translate(${pointer[0]}px, ${pointer[1]}px)` }}
            aria-hidden="true"
          >
            <svg width="18" height="20" viewBox="0 0 18 20" aria-hidden="true">
              <path
                d="M2 1.5l13 7.2-5.8 1.5-3 5.6z"
                fill={color}
                stroke="var(--canvas)"
                strokeWidth="1.5"
                strokeLinejoin="round"
              />
            </svg>
            <b style={{ background: color }}>{name}</b>
          </div>
        ),
      )}
    </ViewportPortal>
  )
}
