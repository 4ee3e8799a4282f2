/** The keys of an open project that are the same on every screen: undo and redo. */
import { useMemo } from 'react'
import { useCommands } from '@/ui/project'
import { useShortcuts } from '@/ui/route'

export function ProjectKeys() {
  const { undo, redo } = useCommands()
  useShortcuts(
    useMemo(
      () => [
        { keys: 'Ctrl+Z', label: 'Undo', group: 'Everywhere', run: () => void undo() },
        { keys: ['Ctrl+Shift+Z', 'Ctrl+Y'], label: 'Redo', group: 'Everywhere', run: () => void redo() },
      ],
      [undo, redo],
    ),
  )
  return null
}
