/** The keys of a canvas (UX.md, "Habits of hands"). They act only while the focus is inside it, and never while text is typed. */
import type { KeyboardEvent } from 'react'
import { useCallback } from 'react'
import { isTyping } from '@/lib/shortcuts'
import type { Layout } from './layout/types'
import type { Graph, GraphEdits } from './model'
import { type Direction, neighbour } from './walk'

export interface Hands {
  readonly graph: Graph
  readonly layout: Layout
  readonly selection: readonly string[]
  readonly onSelect: (ids: readonly string[]) => void
  readonly edits: GraphEdits | null
  readonly look: { all: () => void; selected: () => void; zoom: (factor: number) => void }
  readonly cancel: () => void
  readonly onOpen?: (node: string) => void
}

/** A key's action; false when it does not concern this canvas now. */
type Action = (hands: Hands) => boolean

/** Shortcuts as people read them, for the list behind `?`. */
export const CANVAS_KEYS: readonly (readonly [string, string])[] = [
  ['/', 'Add a node (also Insert, or double-click on the canvas)'],
  ['Del', 'Delete the selection'],
  ['F2', 'Rename'],
  ['Ctrl A', 'Select all'],
  ['Shift drag', 'Select a box'],
  ['Arrows', 'Walk to a neighbour'],
  ['Enter', 'On a port: begin or end a wire'],
  ['Esc', 'Let go; select nothing'],
  ['.', 'Show the selection'],
  ['0', 'Show all'],
  ['+ -', 'Zoom'],
  ['Ctrl Z', 'Undo'],
  ['Ctrl Shift Z', 'Redo'],
  ['Ctrl C X V D', 'Copy, cut, paste, duplicate'],
]

export function useHands(hands: Hands): (event: KeyboardEvent) => void {
  return useCallback(
    (event: KeyboardEvent) => {
      const target = event.target instanceof Element ? event.target : null
      // A field lets go first: the keys are the canvas's again, and the next Esc is too.
      if (lets(event, target) && event.currentTarget instanceof HTMLElement)
        event.currentTarget.focus({ preventScroll: true })
      if (event.defaultPrevented || isTyping(target) || target?.closest('[role="dialog"]')) return
      if (event.key === 'Enter' && target?.closest('button, a, [role="button"]:not(.react-flow__node)')) return
      const focused = target?.closest<HTMLElement>('.react-flow__node')?.dataset.id
      if (combo(event) === 'Enter' && focused !== undefined && !hands.selection.includes(focused)) {
        event.preventDefault()
        hands.onSelect([focused])
        return
      }
      const action = ACTIONS[combo(event)]
      if (action?.(hands)) event.preventDefault()
    },
    [hands],
  )
}

/** Whether a key ends the typing in a field: Esc, Enter (in a text of several lines Ctrl+Enter); a field that refuses prevents it. */
export function lets(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'defaultPrevented'>,
  target: Element | null,
): boolean {
  if (!isTyping(target) || event.defaultPrevented || target?.closest('[role="dialog"]')) return false
  if (event.key === 'Escape') return true
  return event.key === 'Enter' && (target instanceof HTMLInputElement || event.ctrlKey || event.metaKey)
}

function combo(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  const control = event.ctrlKey || event.metaKey ? 'Ctrl+' : ''
  const shift = event.shiftKey && (event.key.length > 1 || control !== '') ? 'Shift+' : ''
  return event.altKey ? `Alt+${control}${shift}${key}` : `${control}${shift}${key}`
}

const ACTIONS: Readonly<Record<string, Action>> = {
  '/': editing((edits) => edits.add(null)),
  Insert: editing((edits) => edits.add(null)),
  Delete: selected((edits, ids) => edits.remove(ids)),
  Backspace: selected((edits, ids) => edits.remove(ids)),
  F2: selected((edits, ids) => ids.length === 1 && ids[0] !== undefined && edits.rename(ids[0])),
  'Ctrl+c': selected((edits, ids) => edits.copy(ids)),
  'Ctrl+x': selected((edits, ids) => edits.cut(ids)),
  'Ctrl+d': selected((edits, ids) => edits.duplicate(ids)),
  'Ctrl+v': editing((edits) => edits.paste()),
  'Ctrl+z': editing((edits) => edits.undo()),
  'Ctrl+y': editing((edits) => edits.redo()),
  'Ctrl+Shift+z': editing((edits) => edits.redo()),
  'Ctrl+a': ({ graph, onSelect }) => {
    onSelect(graph.nodes.map((node) => node.id))
    return true
  },
  Escape: ({ cancel, onSelect, selection }) => {
    cancel()
    if (selection.length > 0) onSelect([])
    return true
  },
  Enter: ({ selection, graph, onOpen }) => {
    const [id] = selection
    if (id === undefined || onOpen === undefined || !graph.nodes.some((node) => node.id === id)) return false
    onOpen(id)
    return true
  },
  '.': view((look) => look.selected()),
  '0': view((look) => look.all()),
  '+': view((look) => look.zoom(1.25)),
  '=': view((look) => look.zoom(1.25)),
  '-': view((look) => look.zoom(0.8)),
  ArrowUp: walk('ArrowUp'),
  ArrowDown: walk('ArrowDown'),
  ArrowLeft: walk('ArrowLeft'),
  ArrowRight: walk('ArrowRight'),
}

function view(act: (look: Hands['look']) => void): Action {
  return ({ look }) => {
    act(look)
    return true
  }
}

function editing(act: (edits: GraphEdits) => void): Action {
  return ({ edits }) => {
    if (edits === null) return false
    act(edits)
    return true
  }
}

function selected(act: (edits: GraphEdits, ids: readonly string[]) => void): Action {
  return ({ edits, selection }) => {
    if (edits === null || selection.length === 0) return false
    act(edits, selection)
    return true
  }
}

function walk(direction: Direction): Action {
  return ({ graph, layout, selection, onSelect }) => {
    const next = neighbour(graph, layout, selection.at(-1) ?? null, direction)
    if (next === null) return false
    onSelect([next])
    return true
  }
}
