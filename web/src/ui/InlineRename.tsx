import { Pencil } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useState } from 'react'

/**
 * A name that becomes a field on a click: Enter and leaving save, Escape takes back; `problem` says why a name cannot be
 * taken. With `children` (a link, a heading) they are shown, and the pencil beside them opens the field.
 */
export function InlineRename({
  value,
  label,
  onRename,
  problem = () => null,
  children,
}: {
  value: string
  /** For screen readers: "Rename train". */
  label: string
  onRename: (name: string) => unknown
  problem?: (name: string) => string | null
  children?: ReactNode
}) {
  const [draft, setDraft] = useState<string | null>(null)
  if (draft === null) {
    const begin = () => setDraft(value)
    return children === undefined ? (
      <button type="button" className="inline-rename" aria-label={label} title={value} onClick={begin}>
        <span className="ellipsis">{value}</span>
        <Pencil aria-hidden />
      </button>
    ) : (
      <span className="inline-rename-row">
        {children}
        <button type="button" className="inline-rename" aria-label={label} onClick={begin}>
          <Pencil aria-hidden />
        </button>
      </span>
    )
  }
  const name = draft.trim()
  const wrong = name === value ? null : name === '' ? 'A name is needed.' : problem(name)
  const finish = () => {
    setDraft(null)
    if (name !== value && wrong === null) onRename(name)
  }
  const keyed = (event: KeyboardEvent) => {
    event.stopPropagation()
    if (event.key === 'Escape') setDraft(null)
    if (event.key === 'Enter' && wrong === null) finish()
  }
  return (
    <span className="inline-rename-edit">
      <input
        className="inline-rename-field"
        aria-label={label}
        aria-invalid={wrong !== null}
        value={draft}
        maxLength={200}
        // biome-ignore lint/a11y/noAutofocus: the person has just asked to type here.
        autoFocus
        onFocus={(event) => event.target.select()}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={keyed}
        onBlur={finish}
      />
      {wrong !== null && (
        <span className="inline-rename-problem" role="alert">
          {wrong}
        </span>
      )}
    </span>
  )
}
