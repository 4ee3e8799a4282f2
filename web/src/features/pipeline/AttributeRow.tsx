/** One attribute of an opened node: name left, value right, edited in place (I-067). */
import { RotateCcw } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import type { Attribute, Value } from '@/api/types'
import { describeAttribute, parseValue, showValue } from './values'

export interface AttributeRowProps {
  readonly attribute: Attribute
  readonly value: Value
  /** The node has a value of its own. */
  readonly changed: boolean
  /** What a mark says about it. */
  readonly problem: string
  /** `undefined` returns to the default. */
  readonly onChange: (value: Value | undefined) => void
}

export function AttributeRow(props: AttributeRowProps) {
  const { attribute, changed, onChange } = props
  const title = [attribute.doc, describeAttribute(attribute)].filter((part) => part !== '').join('\n')
  const set = (value: Value): void => onChange(value === attribute.default && !attribute.required ? undefined : value)
  return (
    <div className="pipeline-attribute" data-kind={attribute.kind} data-changed={changed || undefined}>
      <label htmlFor={`attribute-${attribute.name}`} title={title}>
        {attribute.name}
      </label>
      {changed && !attribute.required && (
        <button
          type="button"
          className="pipeline-reset"
          title={`Back to the default, ${showValue(attribute.default)}`}
          aria-label={`Reset ${attribute.name}`}
          onClick={() => onChange(undefined)}
        >
          <RotateCcw size={12} strokeWidth={2} aria-hidden />
        </button>
      )}
      <Control {...props} set={set} />
    </div>
  )
}

function Control({ attribute, value, problem, set }: AttributeRowProps & { set: (value: Value) => void }) {
  const id = `attribute-${attribute.name}`
  if (attribute.kind === 'boolean' && !attribute.optional) {
    return (
      <input
        id={id}
        type="checkbox"
        className="pipeline-check"
        checked={value === true}
        onChange={(event) => set(event.currentTarget.checked)}
      />
    )
  }
  if (attribute.kind === 'choice') {
    const choices = [...attribute.choices, ...(attribute.optional ? [null] : [])]
    return (
      <select
        id={id}
        className="pipeline-value"
        value={showValue(value)}
        onChange={(event) => set(choices.find((it) => showValue(it) === event.currentTarget.value) ?? null)}
      >
        {!choices.includes(value) && <option value={showValue(value)}>{showValue(value)}</option>}
        {choices.map((choice) => (
          <option key={showValue(choice)} value={showValue(choice)}>
            {showValue(choice)}
          </option>
        ))}
      </select>
    )
  }
  return <TextValue id={id} attribute={attribute} value={value} problem={problem} set={set} />
}

interface TextValueProps {
  readonly id: string
  readonly attribute: Attribute
  readonly value: Value
  readonly problem: string
  readonly set: (value: Value) => void
}

/** A value as text. What cannot be is refused with the reason, and the document keeps what it had. */
function TextValue({ id, attribute, value, problem, set }: TextValueProps) {
  const shown = attribute.required && value === null ? '' : showValue(value)
  const [draft, setDraft] = useState<string | null>(null)
  const canceled = useRef(false)
  const parsed = draft === null ? null : parseValue(attribute, draft)
  const refused = parsed !== null && 'refused' in parsed ? parsed.refused : ''
  // biome-ignore lint/correctness/useExhaustiveDependencies: somebody else's value replaces what was typed but not given.
  useEffect(() => setDraft(null), [shown])
  const commit = (): void => {
    if (canceled.current || parsed === null) return
    if ('refused' in parsed) return
    if (parsed.value !== value) set(parsed.value)
    setDraft(null)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === 'Enter') {
      // What was refused is still to be put right; else leaving the field commits, once, and the canvas takes the keys back.
      if (refused === '') event.currentTarget.blur()
      else event.preventDefault()
    } else if (event.key === 'Escape') {
      canceled.current = true
      setDraft(null)
      event.currentTarget.blur()
      canceled.current = false
    }
  }
  return (
    <span className="pipeline-field">
      <input
        id={id}
        className="pipeline-value nodrag"
        value={draft ?? shown}
        placeholder={attribute.required ? 'required' : ''}
        inputMode={attribute.kind === 'integer' ? 'numeric' : attribute.kind === 'float' ? 'decimal' : 'text'}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={refused !== '' || problem !== ''}
        aria-describedby={refused === '' ? undefined : `${id}-refused`}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => setDraft(event.currentTarget.value)}
        onBlur={commit}
        onKeyDown={onKeyDown}
      />
      {refused !== '' && (
        <span id={`${id}-refused`} className="pipeline-refused" role="alert">
          {refused}
        </span>
      )}
    </span>
  )
}
