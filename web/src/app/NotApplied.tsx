import { CircleSlash, Copy, X } from 'lucide-react'
import type { NotApplied } from '@/document/state'
import { formatWhen } from '@/lib/format'
import { Button } from '@/ui/Button'
import { writeClipboard } from '@/ui/clipboard'
import { Dialog } from '@/ui/Dialog'
import { IconButton } from '@/ui/IconButton'
import { notify } from '@/ui/notifications'
import { useProjectClient, useSync } from '@/ui/project'
import { openPanel, usePanel } from './panels'

/** Edits that the server refused, kept with their text until they are discarded. */
export function NotAppliedDialog() {
  const open = usePanel((state) => state.panel === 'not-applied')
  const { notApplied } = useSync()
  const client = useProjectClient()
  if (!open) return null
  const close = () => openPanel(null)
  const discardAll = () => {
    for (const { transaction } of notApplied) client.discard(transaction.id)
    close()
  }
  return (
    <Dialog
      title="Not applied"
      width={520}
      onClose={close}
      note="They are kept in this browser until you discard them."
      actions={notApplied.length > 0 && <Button onClick={discardAll}>Discard all</Button>}
    >
      {notApplied.length === 0 && <p className="t2">Every edit was applied.</p>}
      <ul className="refused-list">
        {notApplied.map((refused) => (
          <RefusedRow
            key={refused.transaction.id}
            refused={refused}
            onDiscard={() => client.discard(refused.transaction.id)}
          />
        ))}
      </ul>
    </Dialog>
  )
}

function RefusedRow({ refused, onDiscard }: { refused: NotApplied; onDiscard: () => void }) {
  const { transaction, error, text, time } = refused
  const copy = async () => {
    const copied = await writeClipboard(text === '' ? JSON.stringify(transaction, null, 2) : text)
    if (copied) notify({ kind: 'success', title: 'Copied' })
  }
  return (
    <li className="refused">
      <CircleSlash aria-hidden />
      <div className="refused-body">
        <strong>{transaction.label}</strong>
        <p className="t2">
          {error.message} {error.hint} <code className="xs">{error.code}</code>{' '}
          <span className="t3 xs">{formatWhen(time)}</span>
        </p>
        {text !== '' && <pre className="refused-text">{text}</pre>}
      </div>
      <IconButton label={text === '' ? 'Copy the edit' : 'Copy the text'} onClick={() => void copy()}>
        <Copy />
      </IconButton>
      <IconButton label="Discard" onClick={onDiscard}>
        <X />
      </IconButton>
    </li>
  )
}
