import { CircleAlert, Search } from 'lucide-react'
import { type ComponentProps, type ReactNode, useId } from 'react'

/** A labelled text field; `problem` is shown below it, `aside` inside it at the right. */
export function Field({
  label,
  problem,
  aside,
  ...rest
}: { label: string; problem?: string | null; aside?: ReactNode } & ComponentProps<'input'>) {
  const id = useId()
  return (
    <div>
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <div className="field field-lg" data-invalid={problem ? true : undefined}>
        <input
          id={id}
          aria-invalid={Boolean(problem)}
          aria-describedby={problem ? `${id}-problem` : undefined}
          {...rest}
        />
        {aside}
      </div>
      {problem && (
        <div className="field-problem" id={`${id}-problem`} role="alert">
          <CircleAlert aria-hidden />
          {problem}
        </div>
      )}
    </div>
  )
}

/** A search field; Escape empties it. */
export function SearchField({
  label,
  value,
  onChange,
  width = 240,
}: {
  label: string
  value: string
  onChange: (text: string) => void
  width?: number
}) {
  return (
    <div className="field" style={{ width }}>
      <Search aria-hidden />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => event.key === 'Escape' && onChange('')}
      />
    </div>
  )
}
