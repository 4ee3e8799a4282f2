import { RotateCw } from 'lucide-react'
import type { ReactNode } from 'react'
import { sentences } from '@/api/errors'
import { Button } from './Button'

/** An error as what happened and what to do, with a way to try again. */
export function ErrorState({
  title,
  error,
  onRetry,
  children,
}: {
  title: string
  error: unknown
  onRetry?: () => void
  children?: ReactNode
}) {
  const { message, hint } = sentences(error)
  return (
    <div className="state" role="alert">
      <BrokenPicture />
      <h2>{title}</h2>
      <p>
        {message} {hint}
      </p>
      <div className="state-actions">
        {onRetry && (
          <Button icon={<RotateCw />} onClick={onRetry}>
            Try again
          </Button>
        )}
        {children}
      </div>
    </div>
  )
}

export function BrokenPicture() {
  return (
    <svg width="176" height="28" viewBox="0 0 176 28" aria-hidden="true" fill="none">
      <rect x="1" y="2" width="58" height="24" rx="4" fill="var(--op-slate)" />
      <path d="M64 14H74M102 14H112" stroke="var(--wire)" strokeWidth="1.75" />
      <path d="M83 9l10 10M93 9L83 19" stroke="var(--brand-orange)" strokeWidth="2.5" strokeLinecap="round" />
      <rect
        x="117"
        y="2"
        width="58"
        height="24"
        rx="4"
        stroke="var(--border-strong)"
        strokeWidth="1.5"
        strokeDasharray="4 3"
      />
    </svg>
  )
}
