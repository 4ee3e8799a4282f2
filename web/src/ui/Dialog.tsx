import { Modal } from '@mantine/core'
import { X } from 'lucide-react'
import type { FormEvent, ReactNode } from 'react'
import { Button } from './Button'
import './dialog.css'

/** A button at the foot of a dialog; the primary one is also what Enter does. */
export interface DialogAction {
  readonly label: string
  readonly run: () => void
  readonly primary?: boolean
  readonly danger?: boolean
  readonly disabled?: boolean
}

function isList(actions: ReactNode | readonly DialogAction[]): actions is readonly DialogAction[] {
  return Array.isArray(actions)
}

function ActionOf({ label, run, primary = false, danger = false, disabled = false }: DialogAction) {
  const kind = danger ? 'danger' : primary ? 'primary' : 'default'
  return (
    <Button
      size="lg"
      kind={kind}
      type={primary ? 'submit' : 'button'}
      disabled={disabled}
      onClick={primary ? undefined : run}
    >
      {label}
    </Button>
  )
}

/** A dialog: it alone dims the page. Escape and a click beside it close it where `onClose` is given. */
export function Dialog({
  title,
  onClose,
  onSubmit,
  note,
  actions,
  width = 600,
  children,
}: {
  title: string
  onClose?: () => void
  /** Enter in a field submits. */
  onSubmit?: () => void
  note?: ReactNode
  actions?: ReactNode | readonly DialogAction[]
  width?: number
  children: ReactNode
}) {
  const submit = (event: FormEvent) => {
    event.preventDefault()
    event.stopPropagation()
    const primary = isList(actions) ? actions.find((action) => action.primary) : undefined
    if (primary === undefined) onSubmit?.()
    else if (!primary.disabled) primary.run()
  }
  return (
    <Modal
      opened
      onClose={onClose ?? (() => undefined)}
      closeOnClickOutside={onClose !== undefined}
      closeOnEscape={onClose !== undefined}
      withCloseButton={false}
      size={width}
      padding={0}
      radius={14}
      yOffset="14vh"
      zIndex="var(--z-scrim)"
      overlayProps={{ backgroundOpacity: 1, color: 'var(--scrim)' }}
      transitionProps={{ transition: 'pop', duration: 140 }}
      classNames={{ content: 'dialog', overlay: 'dialog-scrim' }}
      attributes={{ content: { 'aria-label': title } }}
    >
      <form onSubmit={submit} noValidate>
        <header className="dialog-head">
          <h2>{title}</h2>
        </header>
        <div className="dialog-body">{children}</div>
        {(actions || note) && (
          <footer className="dialog-foot">
            <span className="xs t3 spacer">{note}</span>
            {isList(actions) ? actions.map((action) => <ActionOf key={action.label} {...action} />) : actions}
          </footer>
        )}
        {/* Last, so that the focus begins in a field or on a button of the dialog's own. */}
        {onClose && (
          <button type="button" className="icon-btn dialog-close" aria-label="Close" onClick={onClose}>
            <X aria-hidden />
          </button>
        )}
      </form>
    </Modal>
  )
}
