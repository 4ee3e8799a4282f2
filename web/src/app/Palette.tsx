/** Ctrl+K: everything by name. In a project its pipelines, architectures, executions and artifacts; everywhere the projects. */
import { Modal } from '@mantine/core'
import {
  CirclePlay,
  CornerDownLeft,
  FolderOpen,
  type LucideIcon,
  Network,
  Package,
  Search,
  Workflow,
} from 'lucide-react'
import { type KeyboardEvent, useMemo, useState } from 'react'
import { useProjects } from '@/api/queries'
import { formatRoute, screenPath } from '@/lib/router'
import { navigate, router } from '@/ui/route'
import { openedProject } from './opened'
import { foundIn } from './paletteIndex'
import { hasScreen } from './screens'

export interface Entry {
  readonly id: string
  readonly kind: 'Pipeline' | 'Architecture' | 'Execution' | 'Artifact' | 'Project'
  readonly name: string
  readonly path: string
}

const ICONS: Record<Entry['kind'], LucideIcon> = {
  Pipeline: Workflow,
  Architecture: Network,
  Execution: CirclePlay,
  Artifact: Package,
  Project: FolderOpen,
}

export function Palette({ onClose }: { onClose: () => void }) {
  const [query, setQuery] = useState('')
  const [at, setAt] = useState(0)
  const entries = useEntries()
  const found = useMemo(() => foundIn(entries, query).slice(0, 40), [entries, query])
  const chosen = Math.min(at, found.length - 1)
  const open = (entry: Entry | undefined) => {
    if (entry === undefined) return
    onClose()
    navigate(entry.path)
  }
  const keyed = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      setAt((chosen + step + found.length) % Math.max(1, found.length))
    }
    if (event.key === 'Enter') open(found[chosen])
  }
  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      size={560}
      padding={0}
      radius={14}
      yOffset="12vh"
      zIndex="var(--z-scrim)"
      overlayProps={{ backgroundOpacity: 1, color: 'var(--scrim)' }}
      transitionProps={{ duration: 100 }}
      classNames={{ content: 'dialog' }}
      attributes={{ content: { 'aria-label': 'Search everywhere' } }}
    >
      <div className="palette-field">
        <Search aria-hidden />
        <input
          data-autofocus
          role="combobox"
          aria-expanded
          aria-controls="palette-list"
          aria-activedescendant={found[chosen] && `palette-${found[chosen].id}`}
          aria-label="Search everywhere"
          placeholder="Search pipelines, executions, artifacts, projects"
          value={query}
          onChange={(event) => {
            setQuery(event.target.value)
            setAt(0)
          }}
          onKeyDown={keyed}
        />
      </div>
      <div id="palette-list" role="listbox" aria-label="Found" className="palette-list">
        {found.map((entry, index) => {
          const Icon = ICONS[entry.kind]
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys of the list.
            // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field.
            <div
              key={entry.id}
              id={`palette-${entry.id}`}
              role="option"
              aria-selected={index === chosen}
              className="palette-row"
              onMouseMove={() => setAt(index)}
              onClick={() => open(entry)}
            >
              <Icon aria-hidden />
              <span className="ellipsis spacer">{entry.name}</span>
              <span className="t3 xs">{entry.kind}</span>
              {index === chosen && <CornerDownLeft aria-hidden />}
            </div>
          )
        })}
        {found.length === 0 && <p className="t3 palette-none">Nothing is called “{query}”.</p>}
      </div>
    </Modal>
  )
}

function useEntries(): readonly Entry[] {
  const { data: projects = [] } = useProjects()
  const [opened] = useState(openedProject)
  return useMemo(() => {
    const others = projects.map((project): Entry => {
      const path = screenPath({ project: project.id, branch: project.branches[0]?.name ?? 'main' }, 'pipelines')
      return { id: project.id, kind: 'Project', name: project.name, path }
    })
    return [...opened.filter(({ kind }) => kind !== 'Architecture' || hasScreen('architecture')), ...others].filter(
      ({ path }) => path !== formatRoute(router.route),
    )
  }, [projects, opened])
}
