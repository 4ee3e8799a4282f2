/** What is wrong with a node, in words, with what to do. */
import { CircleAlert, TriangleAlert } from 'lucide-react'
import type { Mark } from '@/api/types'

export function MarkBubble({ marks }: { marks: readonly Mark[] }) {
  return (
    <ul className="pipeline-marks" aria-label="Problems">
      {marks.map((mark) => (
        <li key={`${mark.code}-${mark.where.name}-${mark.message}`} data-severity={mark.severity}>
          {mark.severity === 'error' ? (
            <CircleAlert size={16} strokeWidth={2} aria-label="Error" />
          ) : (
            <TriangleAlert size={16} strokeWidth={2} aria-label="Warning" />
          )}
          <span>
            <b>{mark.message}</b>
            {mark.hint !== '' && <small>{mark.hint}</small>}
          </span>
        </li>
      ))}
    </ul>
  )
}
