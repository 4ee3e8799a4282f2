import { Tooltip as MantineTooltip } from '@mantine/core'
import type { ReactElement } from 'react'
import { showKeys } from '@/lib/shortcuts'

/** What a control is called, and its key. The control itself carries the same words for screen readers. */
export function Tooltip({
  label,
  keys,
  position = 'bottom',
  children,
}: {
  label: string
  keys?: string | undefined
  position?: 'top' | 'right' | 'bottom' | 'left'
  children: ReactElement
}) {
  return (
    <MantineTooltip
      label={
        <>
          {label}
          {keys && <kbd>{showKeys(keys)}</kbd>}
        </>
      }
      position={position}
      openDelay={350}
      withinPortal
      multiline
      maw={320}
      zIndex="var(--z-tooltip)"
      events={{ hover: true, focus: true, touch: false }}
      classNames={{ tooltip: 'tip' }}
    >
      {children}
    </MantineTooltip>
  )
}
