import type { ComponentProps } from 'react'
import { Tooltip } from './Tooltip'

/** A button with an icon alone: its words are in a tooltip and for screen readers. `blocked` says why it does nothing now. */
export function IconButton({
  label,
  keys,
  blocked,
  danger = false,
  tooltip = 'bottom',
  onClick,
  className = '',
  ...rest
}: {
  label: string
  keys?: string
  blocked?: string | undefined
  danger?: boolean
  tooltip?: 'top' | 'right' | 'bottom' | 'left'
} & ComponentProps<'button'>) {
  return (
    <Tooltip label={blocked ?? label} keys={blocked === undefined ? keys : undefined} position={tooltip}>
      <button
        type="button"
        className={`icon-btn ${danger ? 'icon-btn-danger' : ''} ${className}`}
        aria-label={label}
        aria-disabled={blocked !== undefined}
        onClick={blocked === undefined ? onClick : (event) => event.preventDefault()}
        {...rest}
      />
    </Tooltip>
  )
}
