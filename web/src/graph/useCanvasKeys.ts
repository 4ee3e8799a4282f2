/** Lists the keys of a canvas behind `?`. The canvas itself takes them (`useHands.ts`), so here they are only named. */
import type { Shortcut } from '@/lib/shortcuts'
import { useShortcuts } from '@/ui/route'
import { CANVAS_KEYS } from './useHands'

const LISTED: readonly Shortcut[] = CANVAS_KEYS.map(([keys, label]) => ({
  keys,
  label,
  group: 'Canvas',
  scope: 'canvas',
  run: () => false,
}))

export function useCanvasKeys(): void {
  useShortcuts(LISTED)
}
