// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest'
import { type Shortcut, Shortcuts, showKeys } from '@/lib/shortcuts'

let pressed: string[] = []
const shortcuts = new Shortcuts()

function shortcut(keys: Shortcut['keys'], extra: Partial<Shortcut> = {}): Shortcut {
  const run = () => void pressed.push(String(keys))
  return { keys, label: String(keys), group: 'Test', run, ...extra }
}

function press(selector: string, init: KeyboardEventInit): boolean {
  const event = new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init })
  document.querySelector(selector)?.dispatchEvent(event)
  return shortcuts.handle(event)
}

beforeEach(() => {
  pressed = []
  document.body.innerHTML =
    '<input id="field"><input id="box" type="checkbox"><div id="canvas" data-canvas tabindex="0"></div><div contenteditable="true" id="code"></div>'
})

describe('Shortcuts', () => {
  it.each([
    ['Ctrl+Z', { key: 'z', ctrlKey: true }],
    ['Ctrl+Z', { key: 'z', metaKey: true }],
    ['Ctrl+Shift+Z', { key: 'Z', ctrlKey: true, shiftKey: true }],
    ['Shift+Enter', { key: 'Enter', shiftKey: true }],
    ['?', { key: '?', shiftKey: true }],
    ['Ctrl+Alt+Enter', { key: 'Enter', ctrlKey: true, altKey: true }],
    ['F2', { key: 'F2' }],
  ])('%s', (keys, init) => {
    const release = shortcuts.register([shortcut(keys)])
    expect([press('#canvas', init), pressed]).toEqual([true, [keys]])
    release()
    expect(press('#canvas', init)).toBe(false)
  })

  it('letters act only on the canvas, and nothing acts while typing but what says so', () => {
    const release = shortcuts.register([
      shortcut('.', { scope: 'canvas' }),
      shortcut('?'),
      shortcut('Ctrl+K', { whileTyping: true }),
    ])
    press('#field', { key: '?' })
    press('#code', { key: '?' })
    press('body', { key: '.' })
    expect(pressed).toEqual([])
    press('#box', { key: '?' })
    press('#canvas', { key: '.' })
    press('#field', { key: 'k', ctrlKey: true })
    expect(pressed).toEqual(['?', '.', 'Ctrl+K'])
    release()
  })

  it('the newest of a key wins, unless it passes it on', () => {
    const release = shortcuts.register([shortcut('Escape'), { ...shortcut('Escape'), run: () => false }])
    press('#canvas', { key: 'Escape' })
    expect(pressed).toEqual(['Escape'])
    release()
  })
})

it('shows keys as people read them', () => {
  expect(['Shift+Enter', 'Ctrl+Shift+Z', '/', '+ -'].map(showKeys)).toEqual(['⇧ ↵', 'Ctrl ⇧ Z', '/', '+ -'])
})
