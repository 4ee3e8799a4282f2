import type { ReactNode } from 'react'
import { Button } from './Button'

/** What stands where there is nothing yet: it says what to do next. */
export function EmptyState({
  title,
  text,
  picture,
  action,
  children,
}: {
  title: string
  text?: string
  picture?: ReactNode
  /** The one thing to do next. */
  action?: { readonly label: string; readonly run: () => void; readonly icon?: ReactNode }
  children?: ReactNode
}) {
  return (
    <div className="state">
      {picture ?? <EmptyPicture />}
      <h2>{title}</h2>
      {text && <p>{text}</p>}
      {(action || children) && (
        <div className="state-actions">
          {action && (
            <Button kind="primary" icon={action.icon} onClick={action.run}>
              {action.label}
            </Button>
          )}
          {children}
        </div>
      )}
    </div>
  )
}

function EmptyPicture() {
  return (
    <svg width="120" height="72" viewBox="0 0 120 72" aria-hidden="true" fill="none">
      <path
        d="M60 21V30M60 32H33a4 4 0 0 0-4 4V46M60 32H87a4 4 0 0 1 4 4V46"
        stroke="var(--border-strong)"
        strokeWidth="1.5"
        strokeDasharray="4 3"
      />
      <rect
        x="4"
        y="48"
        width="48"
        height="20"
        rx="4"
        stroke="var(--border-strong)"
        strokeWidth="1.5"
        strokeDasharray="4 3"
      />
      <rect
        x="68"
        y="48"
        width="48"
        height="20"
        rx="4"
        stroke="var(--border-strong)"
        strokeWidth="1.5"
        strokeDasharray="4 3"
      />
      <rect x="35" y="1" width="50" height="20" rx="4" fill="var(--primary)" />
      <path d="M60 6V16M55 11H65" stroke="var(--on-primary)" strokeWidth="2" strokeLinecap="round" />
    </svg>
  )
}
