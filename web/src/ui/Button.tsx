import type { ComponentProps, ReactNode } from 'react'
import { Link } from './route'
import { Tooltip } from './Tooltip'

interface Look {
  /** One primary button in a view. */
  kind?: 'default' | 'primary' | 'danger' | 'ghost' | 'link'
  size?: 'sm' | 'md' | 'lg'
  icon?: ReactNode
}

function classes({ kind = 'default', size = 'md' }: Look): string {
  return `btn btn-${kind} btn-${size}`
}

/** A button with words. `blocked` disables it and says why in a tooltip; it stays reachable by keyboard. */
export function Button({
  kind,
  size,
  icon,
  blocked,
  children,
  onClick,
  className = '',
  ...rest
}: Look & { blocked?: string | undefined } & ComponentProps<'button'>) {
  const button = (
    <button
      type="button"
      className={`${classes({ kind: kind ?? 'default', size: size ?? 'md' })} ${className}`}
      aria-disabled={blocked !== undefined}
      onClick={blocked === undefined ? onClick : (event) => event.preventDefault()}
      {...rest}
    >
      {icon}
      {children}
    </button>
  )
  return blocked === undefined ? button : <Tooltip label={blocked}>{button}</Tooltip>
}

/** A link that looks like a button. */
export function ButtonLink({
  kind,
  size,
  icon,
  children,
  className = '',
  ...rest
}: Look & ComponentProps<typeof Link>) {
  return (
    <Link className={`${classes({ kind: kind ?? 'default', size: size ?? 'md' })} ${className}`} {...rest}>
      {icon}
      {children}
    </Link>
  )
}
