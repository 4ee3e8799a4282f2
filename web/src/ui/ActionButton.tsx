import type { ReactNode } from 'react'
import { useMemo } from 'react'
import { showKeys } from '@/lib/shortcuts'
import './actions.css'
import { useShortcuts } from './route'

export interface Action {
  readonly label: string
  readonly icon: ReactNode
  readonly run: () => void
  /** Its key, shown beside the label; of the primary action one more beside Shift+Enter. The canvas binds those of the others. */
  readonly keys?: string
  /** Why it cannot be done now. */
  readonly blocked?: string | undefined
  /** Red stops; a teal pill returns to where one came from. */
  readonly kind?: 'stop' | 'return'
}

/**
 * The round button at the lower right: the screen's primary action, also Shift+Enter; hovering or focusing it fans out the
 * others with their labels and keys. The second click of a double click does nothing: it was meant once, and the button may
 * mean something else by then (*Restart* becomes *Stop*).
 */
export function ActionButton({ primary, secondary = [] }: { primary: Action; secondary?: readonly Action[] }) {
  const { label, run, blocked, keys, kind = 'primary' } = primary
  useShortcuts(
    useMemo(
      () => [
        {
          keys: keys === undefined ? 'Shift+Enter' : ['Shift+Enter', keys],
          label,
          group: 'This screen',
          run: () => (blocked === undefined ? run() : undefined),
        },
      ],
      [label, run, blocked, keys],
    ),
  )
  return (
    <div className="actions" role="toolbar" aria-label="Actions">
      <button
        type="button"
        className={`action action-${kind}`}
        aria-label={label}
        aria-keyshortcuts={keys === undefined ? 'Shift+Enter' : `Shift+Enter ${keys.replace('Ctrl', 'Control')}`}
        aria-disabled={blocked !== undefined}
        onClick={({ detail }) => (blocked === undefined && detail < 2 ? run() : undefined)}
      >
        <span className="tip" aria-hidden="true">
          {blocked ?? label}
          <kbd>{showKeys('Shift+Enter')}</kbd>
        </span>
        <span className="action-disc">
          {primary.icon}
          {kind === 'return' && label}
        </span>
      </button>
      {secondary.map((action, index) => (
        <button
          type="button"
          key={action.label}
          className="action action-small"
          style={{ '--place': index }}
          aria-label={action.label}
          aria-disabled={action.blocked !== undefined}
          onClick={action.blocked === undefined ? action.run : undefined}
        >
          <span className="tip" aria-hidden="true">
            {action.blocked ?? action.label}
            {action.keys && <kbd>{showKeys(action.keys)}</kbd>}
          </span>
          <span className="action-disc">{action.icon}</span>
        </button>
      ))}
    </div>
  )
}

declare module 'react' {
  interface CSSProperties {
    /** Tokens and places in a row are passed to style sheets as custom properties. */
    [property: `--${string}`]: string | number | undefined
  }
}
