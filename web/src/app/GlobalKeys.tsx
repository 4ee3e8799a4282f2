/** The keys that act everywhere, and the list of all keys behind `?`. */
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import type { Shortcut } from '@/lib/shortcuts'
import { showKeys } from '@/lib/shortcuts'
import { Dialog } from '@/ui/Dialog'
import { shortcuts, useShortcuts } from '@/ui/route'
import { Palette } from './Palette'
import { openPanel, usePanel } from './panels'

export function GlobalKeys() {
  const panel = usePanel((state) => state.panel)
  useEffect(() => {
    const handle = (event: KeyboardEvent) => {
      shortcuts.handle(event)
    }
    window.addEventListener('keydown', handle)
    return () => window.removeEventListener('keydown', handle)
  }, [])
  useShortcuts(
    useMemo(
      () => [
        {
          keys: 'Ctrl+K',
          label: 'Search everywhere',
          group: 'Everywhere',
          whileTyping: true,
          run: () => openPanel('palette'),
        },
        { keys: '?', label: 'Show the shortcuts', group: 'Everywhere', run: () => openPanel('shortcuts') },
      ],
      [],
    ),
  )
  return (
    <>
      {panel === 'palette' && <Palette onClose={() => openPanel(null)} />}
      {panel === 'shortcuts' && <ShortcutList onClose={() => openPanel(null)} />}
    </>
  )
}

function ShortcutList({ onClose }: { onClose: () => void }) {
  const all = useSyncExternalStore(shortcuts.subscribe, () => shortcuts.all)
  const groups = Map.groupBy(unique(all), ({ group }) => group)
  // The longest last: the others stand together in the column before it.
  const [entries] = useState(() => [...groups].sort(([, one], [, other]) => one.length - other.length))
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose} width={720}>
      <div className="key-list">
        <div className="key-groups">
          {entries.map(([group, list]) => (
            <section key={group}>
              <h3 className="menu-label">{group}</h3>
              <dl>
                {list.map(({ label, keys }) => (
                  <div key={label} className="key-row">
                    <dt>{label}</dt>
                    <dd>
                      {(typeof keys === 'string' ? [keys] : keys).map((key) => (
                        <kbd key={key}>{showKeys(key)}</kbd>
                      ))}
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </div>
      </div>
    </Dialog>
  )
}

function unique(list: readonly Shortcut[]): Shortcut[] {
  return [...new Map(list.map((shortcut) => [`${shortcut.group}/${shortcut.label}`, shortcut])).values()]
}
