/** A value that opens a list to choose from: searched by typing, walked with arrows, chosen with Enter. */
import { Popover } from '@mantine/core'
import { Check, ChevronDown } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { fuzzy } from './search'

export interface Option {
  readonly id: string
  readonly label: string
  /** Beside the label, small. */
  readonly hint: string
  /** Under the label, for the one that is walked on. */
  readonly doc: string
}

export interface PickerProps {
  /** What is being chosen, for screen readers: "criterion of train". */
  readonly label: string
  readonly value: string | null
  /** What the value is called; shown on the pill. */
  readonly shown: string
  readonly options: readonly Option[]
  readonly onChoose: (id: string) => void
  /** An entry that empties the value. */
  readonly onClear?: (() => void) | undefined
  /** What to say instead of an empty list. */
  readonly empty: ReactNode
  /** Stays open after choosing, and shows this below the list. */
  readonly below?: ReactNode
  readonly missing?: boolean
}

export function Picker(props: PickerProps) {
  const [open, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const close = (): void => {
    setOpen(false)
    button.current?.focus()
  }
  return (
    <Popover
      opened={open}
      onChange={setOpen}
      position="bottom-start"
      middlewares={{ flip: true, shift: { crossAxis: true, padding: 8 } }}
      width={300}
      shadow="none"
      withinPortal
      trapFocus
      zIndex={90}
    >
      <Popover.Target>
        <button
          ref={button}
          type="button"
          className="pipeline-pill nodrag nopan"
          data-empty={props.value === null || undefined}
          data-missing={props.missing || undefined}
          aria-label={`${props.label}: ${props.shown}`}
          aria-haspopup="listbox"
          aria-expanded={open}
          onClick={() => setOpen((now) => !now)}
        >
          <span>{props.shown}</span>
          <ChevronDown size={13} strokeWidth={1.75} aria-hidden />
        </button>
      </Popover.Target>
      <Popover.Dropdown className="pipeline-picker">
        <Choices {...props} close={close} />
      </Popover.Dropdown>
    </Popover>
  )
}

function Choices({
  label,
  value,
  options,
  onChoose,
  onClear,
  empty,
  below,
  close,
}: PickerProps & { close: () => void }) {
  const [query, setQuery] = useState('')
  const found = rank(options, query)
  const [at, setAt] = useState(() =>
    Math.max(
      0,
      options.findIndex((option) => option.id === value),
    ),
  )
  const list = useRef<HTMLDivElement>(null)
  const id = useId()
  const current = found[Math.min(at, found.length - 1)]
  useEffect(() => {
    if (current) list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [current])
  const choose = (option: Option | undefined): void => {
    if (option === undefined) return
    onChoose(option.id)
    if (below === undefined) close()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) setAt((Math.min(at, found.length - 1) + step + found.length) % Math.max(found.length, 1))
    else if (event.key === 'Enter') choose(current)
    else if (event.key === 'Escape') close()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <>
      {options.length > 6 && (
        <input
          className="pipeline-picker-search"
          value={query}
          placeholder="Search"
          aria-label={`Search ${label}`}
          aria-controls={id}
          data-autofocus
          onChange={(event) => {
            setQuery(event.currentTarget.value)
            setAt(0)
          }}
          onKeyDown={onKeyDown}
        />
      )}
      <div
        ref={list}
        id={id}
        className="pipeline-picker-list"
        data-short={below === undefined ? undefined : true}
        role="listbox"
        aria-label={label}
        tabIndex={0}
        data-autofocus={options.length > 6 ? undefined : true}
        onKeyDown={onKeyDown}
      >
        {found.map((option) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys are taken by the list.
          // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus; options are pointed at by selection.
          <div
            key={option.id}
            role="option"
            aria-selected={option === current}
            className="pipeline-option"
            onPointerMove={() => option !== current && setAt(found.indexOf(option))}
            onClick={() => choose(option)}
          >
            <b>
              {option.label}
              {option.id === value && <Check size={13} strokeWidth={2.25} aria-label="chosen" />}
            </b>
            <small>{option.hint}</small>
            {option === current && option.doc !== '' && <p>{option.doc}</p>}
          </div>
        ))}
        {options.length === 0 && <div className="pipeline-picker-empty">{empty}</div>}
        {options.length > 0 && found.length === 0 && (
          <div className="pipeline-picker-empty">Nothing is called “{query}”.</div>
        )}
      </div>
      {value !== null && onClear !== undefined && (
        <button
          type="button"
          className="pipeline-picker-clear"
          onClick={() => {
            onClear()
            close()
          }}
        >
          Choose nothing
        </button>
      )}
      {below}
    </>
  )
}

function rank(options: readonly Option[], query: string): readonly Option[] {
  if (query.trim() === '') return options
  return options
    .flatMap((option) => {
      const match = fuzzy(query, option.label)
      return match === null ? [] : [{ option, score: match.score }]
    })
    .sort((one, other) => other.score - one.score)
    .map(({ option }) => option)
}
