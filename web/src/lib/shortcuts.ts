/**
 * All keyboard shortcuts, in one place: who wants a key registers it here, and the list behind `?` shows what is registered.
 *
 * A key is written `Ctrl+Shift+Z`, `Shift+Enter`, `F2`, `/`, `?`; Ctrl stands for Command on a Mac. Bare letters and signs act
 * only where no text is being typed, and those of a canvas only while the canvas has the focus (an element with `data-canvas`).
 */

export interface Shortcut {
  /** One or more ways to press it; the first is shown. */
  readonly keys: string | readonly string[]
  readonly label: string
  /** Under which heading it is listed. */
  readonly group: string
  /** `canvas`: only while the focus is inside an element with `data-canvas`. */
  readonly scope?: 'everywhere' | 'canvas'
  /** Also while typing in a field or in code (for combinations with Ctrl that the field does not use itself). */
  readonly whileTyping?: boolean
  /** Returning false passes the key on, as if the shortcut were not there. */
  readonly run: (event: KeyboardEvent) => void | false
}

export class Shortcuts {
  #registered: Shortcut[] = []
  #listeners = new Set<() => void>()

  /** Adds shortcuts; the newest of the same key wins. Returns what takes them away. */
  register(shortcuts: readonly Shortcut[]): () => void {
    this.#registered = [...this.#registered, ...shortcuts]
    this.#changed()
    return () => {
      this.#registered = this.#registered.filter((shortcut) => !shortcuts.includes(shortcut))
      this.#changed()
    }
  }

  get all(): readonly Shortcut[] {
    return this.#registered
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Runs what the event asks for; true when something did. */
  handle(event: KeyboardEvent): boolean {
    if (event.defaultPrevented || event.isComposing) return false
    const pressed = comboOf(event)
    const target = event.target instanceof Element ? event.target : null
    for (const shortcut of this.#registered.toReversed()) {
      if (!combos(shortcut).includes(pressed) || !applies(shortcut, target)) continue
      if (shortcut.run(event) === false) continue
      event.preventDefault()
      return true
    }
    return false
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }
}

/** The ways to press a shortcut, normalised. */
function combos(shortcut: Shortcut): string[] {
  return (typeof shortcut.keys === 'string' ? [shortcut.keys] : shortcut.keys).map(normalise)
}

const MODIFIERS = ['Ctrl', 'Alt', 'Shift'] as const

function normalise(keys: string): string {
  const parts = keys === '+' ? ['+'] : keys.split('+').map((part) => (part === '' ? '+' : part))
  const key = parts.at(-1) ?? ''
  const modifiers = MODIFIERS.filter((modifier) => parts.slice(0, -1).includes(modifier))
  return [...modifiers, key.length === 1 ? key.toUpperCase() : key].join('+')
}

function comboOf(event: KeyboardEvent): string {
  const key = event.key === ' ' ? 'Space' : event.key
  const letter = /^[\p{L}\d]$/u.test(key)
  const shift = event.shiftKey && (letter || key.length > 1)
  const modifiers = [event.ctrlKey || event.metaKey ? 'Ctrl' : '', event.altKey ? 'Alt' : '', shift ? 'Shift' : '']
  return [...modifiers.filter((name) => name !== ''), key.length === 1 ? key.toUpperCase() : key].join('+')
}

function applies(shortcut: Shortcut, target: Element | null): boolean {
  if (target?.closest('[role="dialog"]') && shortcut.scope !== 'canvas' && !shortcut.whileTyping) return false
  if (isTyping(target) && !shortcut.whileTyping) return false
  return shortcut.scope !== 'canvas' || target?.closest('[data-canvas]') != null
}

/** Whether keys at this element are text. */
export function isTyping(target: Element | null): boolean {
  if (target === null) return false
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'range', 'file'].includes(target.type)
  return target.matches('textarea, select') || target.closest('[contenteditable="true"]') !== null
}

/** A key as people read it: `⇧ ↵`, `Ctrl K`. */
export function showKeys(keys: string): string {
  const signs: Record<string, string> = {
    Shift: '⇧',
    Enter: '↵',
    ArrowUp: '↑',
    ArrowDown: '↓',
    ArrowLeft: '←',
    ArrowRight: '→',
    Delete: 'Del',
    Escape: 'Esc',
  }
  return keys
    .split(/(?<=.)\+(?=.)/)
    .map((part) => signs[part] ?? part)
    .join(' ')
}
