import { Menu as MantineMenu } from '@mantine/core'
import { Check } from 'lucide-react'
import type { ReactElement, ReactNode } from 'react'
import { showKeys } from '@/lib/shortcuts'
import './dialog.css'

export type MenuEntry =
  | {
      readonly label: string
      readonly icon?: ReactNode
      readonly keys?: string
      readonly danger?: boolean
      readonly checked?: boolean
      readonly disabled?: boolean
      readonly run: () => void
    }
  | { readonly heading: string }
  | 'line'

/** A menu on a button: arrows walk, Enter chooses, Escape closes. */
export function Menu({
  entries,
  children,
  position = 'bottom-start',
}: {
  entries: readonly MenuEntry[]
  children: ReactElement
  position?: 'bottom-start' | 'bottom-end' | 'top-start' | 'top-end' | 'right-start'
}) {
  return (
    <MantineMenu
      position={position}
      offset={6}
      zIndex="var(--z-popover)"
      withinPortal
      transitionProps={{ duration: 80 }}
      classNames={{ dropdown: 'menu' }}
    >
      <MantineMenu.Target>{children}</MantineMenu.Target>
      <MantineMenu.Dropdown>
        {entries.map((entry, index) => {
          if (entry === 'line') {
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity of their own.
            return <MantineMenu.Divider key={index} className="menu-line" />
          }
          if ('heading' in entry) {
            return (
              <MantineMenu.Label key={entry.heading} className="menu-label">
                {entry.heading}
              </MantineMenu.Label>
            )
          }
          return (
            <MantineMenu.Item
              key={entry.label}
              className={`menu-item ${entry.danger ? 'menu-item-danger' : ''}`}
              leftSection={entry.icon}
              rightSection={
                entry.checked ? (
                  <Check aria-label="chosen" />
                ) : entry.keys ? (
                  <kbd>{showKeys(entry.keys)}</kbd>
                ) : undefined
              }
              disabled={entry.disabled ?? false}
              onClick={entry.run}
            >
              {entry.label}
            </MantineMenu.Item>
          )
        })}
      </MantineMenu.Dropdown>
    </MantineMenu>
  )
}
