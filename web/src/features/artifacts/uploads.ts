/** Files on their way to the server. They go on while the person looks at other screens. */
import { create } from 'zustand'
import { type Upload, uploadArtifact } from '@/api/calls'
import { newId, type ProjectId } from '@/lib/ids'
import { notify } from '@/ui/notifications'

export interface Sending {
  readonly id: string
  readonly project: ProjectId
  readonly name: string
  readonly type: string
  readonly size: number
  readonly sent: number
  readonly began: number
  readonly cancel: () => void
}

export const useSendings = create<{ readonly sendings: readonly Sending[] }>(() => ({ sendings: [] }))

/** Send a file; it stands in the list until it is stored. The artifact itself arrives as any other. */
export async function send(project: ProjectId, file: File, name: string, type: string): Promise<void> {
  const id = newId()
  const upload: Upload = uploadArtifact(project, file, name, type, (sent) => change(id, { sent }))
  const sending = { id, project, name, type, size: file.size, sent: 0, began: Date.now(), cancel: upload.cancel }
  useSendings.setState(({ sendings }) => ({ sendings: [...sendings, sending] }))
  try {
    await upload.done
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    notify({ kind: 'error', title: `${name} was not uploaded`, text })
  } finally {
    useSendings.setState(({ sendings }) => ({ sendings: sendings.filter((one) => one.id !== id) }))
  }
}

function change(id: string, changes: Partial<Sending>): void {
  useSendings.setState(({ sendings }) => ({
    sendings: sendings.map((one) => (one.id === id ? { ...one, ...changes } : one)),
  }))
}

/** Seconds until all is sent at the speed so far; null while that cannot be said. */
export function secondsLeft(
  { size, sent, began }: Pick<Sending, 'size' | 'sent' | 'began'>,
  now: number,
): number | null {
  const passed = (now - began) / 1000
  return sent === 0 || passed < 0.5 ? null : ((size - sent) * passed) / sent
}

/** The type that a file most likely has, by its name. */
export function guessType(file: string, types: readonly string[]): string {
  const ending = file.slice(file.lastIndexOf('.') + 1).toLowerCase()
  const likely = { txt: 'Text', md: 'Text', json: 'Json' }[ending] ?? 'File'
  return types.includes(likely) ? likely : (types[0] ?? 'File')
}
