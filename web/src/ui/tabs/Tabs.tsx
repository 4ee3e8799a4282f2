/** A row of tabs with an orange bar under the open one. What they open is given as children. */
import { Tabs as MantineTabs } from '@mantine/core'
import type { ReactNode } from 'react'
import './tabs.css'

export interface Tab {
  readonly id: string
  readonly label: string
  readonly icon?: ReactNode
}

interface Props {
  readonly label: string
  readonly tabs: readonly Tab[]
  readonly open: string
  readonly onOpen: (id: string) => void
  /** At the right end of the row. */
  readonly extra?: ReactNode
  readonly children: ReactNode
}

export function Tabs({ label, tabs, open, onOpen, extra, children }: Props) {
  return (
    <MantineTabs
      className="tabs"
      value={open}
      onChange={(id) => id !== null && onOpen(id)}
      keepMounted={false}
      unstyled
    >
      <div className="tabs-row">
        <MantineTabs.List className="tabs-list" aria-label={label}>
          {tabs.map(({ id, label: name, icon }) => (
            <MantineTabs.Tab className="tabs-tab" key={id} value={id} leftSection={icon}>
              {name}
            </MantineTabs.Tab>
          ))}
        </MantineTabs.List>
        {extra !== undefined && <div className="tabs-extra">{extra}</div>}
      </div>
      <MantineTabs.Panel className="tabs-panel" value={open}>
        {children}
      </MantineTabs.Panel>
    </MantineTabs>
  )
}
