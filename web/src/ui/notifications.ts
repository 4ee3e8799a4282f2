/** What people are told: a toast for a moment, and a list behind the footer's pill until it is dismissed. */
import { create } from 'zustand'
import { newId } from '@/lib/ids'

export interface Notice {
  readonly id: string
  readonly kind: 'info' | 'success' | 'error'
  readonly title: string
  readonly text: string
  /** Where a click leads. */
  readonly path: string | null
  readonly time: Date
  /** Still shown as a toast. */
  readonly fresh: boolean
}

interface Notices {
  readonly notices: readonly Notice[]
}

export const useNotices = create<Notices>(() => ({ notices: [] }))

const LIMIT = 100
const SHOWN_FOR = { info: 5000, success: 5000, error: 9000 } as const

/** Tell something; a text that is shown already is not repeated. */
export function notify(notice: Pick<Notice, 'kind' | 'title'> & Partial<Pick<Notice, 'text' | 'path'>>): void {
  const { text = '', path = null } = notice
  const shown = useNotices.getState().notices
  if (shown.some((other) => other.fresh && other.title === notice.title && other.text === text)) return
  const id = newId()
  const added: Notice = { ...notice, id, text, path, time: new Date(), fresh: true }
  useNotices.setState({ notices: [added, ...shown].slice(0, LIMIT) })
  setTimeout(() => hideToast(id), SHOWN_FOR[notice.kind])
}

/** Do something that the server may refuse; then say so under this title. True when it was done. */
export async function attempt(title: string, action: () => Promise<unknown>): Promise<boolean> {
  try {
    await action()
    return true
  } catch (error) {
    notify({ kind: 'error', title, text: error instanceof Error ? error.message : String(error) })
    return false
  }
}

export function hideToast(id: string): void {
  change((notices) => notices.map((notice) => (notice.id === id ? { ...notice, fresh: false } : notice)))
}

export function dismiss(id: string): void {
  change((notices) => notices.filter((notice) => notice.id !== id))
}

export function dismissAll(): void {
  change(() => [])
}

function change(next: (notices: readonly Notice[]) => readonly Notice[]): void {
  useNotices.setState(({ notices }) => ({ notices: next(notices) }))
}
