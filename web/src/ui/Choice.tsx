import { Select } from '@mantine/core'
import { useId } from 'react'

interface Props {
  readonly label: string
  /** One sentence below it. */
  readonly hint?: string
  readonly data: readonly (string | { value: string; label: string })[]
  readonly value: string | null
  readonly onChoose: (value: string) => void
}

/** A labelled list of which one entry is chosen; a long one can be searched. */
export function Choice({ label, hint, data, value, onChoose }: Props) {
  const id = useId()
  return (
    <div>
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <Select
        id={id}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        data={data}
        value={value}
        allowDeselect={false}
        searchable={data.length > 8}
        onChange={(chosen) => chosen !== null && onChoose(chosen)}
        comboboxProps={{ zIndex: 'var(--z-dialog)' as unknown as number, transitionProps: { duration: 80 } }}
        classNames={{ input: 'select-input', dropdown: 'menu', option: 'select-option' }}
      />
      {hint !== undefined && (
        <p className="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  )
}
