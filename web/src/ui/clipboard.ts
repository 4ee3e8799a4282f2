/** The browser's clipboard. Where it lets none, the person is told; nothing here rejects. */
import { notify } from './notifications'

/** Whether the text is in the clipboard now. */
export async function writeClipboard(text: string): Promise<boolean> {
  try {
    await clipboard().writeText(text)
    return true
  } catch {
    refuse()
    return false
  }
}

/** The clipboard's text; null where the browser does not give it. */
export async function readClipboard(): Promise<string | null> {
  try {
    return await clipboard().readText()
  } catch {
    refuse()
    return null
  }
}

/** Pages that come neither from this machine nor by HTTPS have none. */
function clipboard(): Clipboard {
  const board = navigator.clipboard as Clipboard | undefined
  if (board === undefined) throw new Error('This page has no clipboard.')
  return board
}

function refuse(): void {
  notify({
    kind: 'error',
    title: 'The clipboard is closed',
    text: 'The browser did not allow it. Allow access to the clipboard for this page.',
  })
}
