/** Attribute values as people type them (I-067): read by kind and limits, refused with a reason. */
import type { Attribute, Value } from '@/api/types'
import { assertNever } from '@/lib/assert'

export type Parsed = { readonly value: Value } | { readonly refused: string }

/** What the text means for this attribute, or why it means nothing. */
export function parseValue(attribute: Attribute, text: string): Parsed {
  const typed = text.trim()
  if (attribute.optional && (typed === 'None' || (typed === '' && attribute.kind !== 'string'))) return { value: null }
  switch (attribute.kind) {
    case 'integer':
      return limited(attribute, parseInteger(typed))
    case 'float':
      return limited(attribute, parseFloatingPoint(typed))
    case 'boolean':
      return parseBoolean(typed)
    case 'string':
      return { value: text }
    case 'choice':
      return parseChoice(attribute, typed)
    default:
      return assertNever(attribute.kind)
  }
}

/** How a value is written; Python's words for None and truth. */
export function showValue(value: Value): string {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return String(value)
}

/** What holds: the node's own value, else the operation's default. */
export function effectiveValue(attribute: Attribute, own: Readonly<Record<string, Value>>): Value {
  return Object.hasOwn(own, attribute.name) ? (own[attribute.name] ?? null) : attribute.default
}

/** What an attribute accepts, in words for its tooltip. */
export function describeAttribute(attribute: Attribute): string {
  const kinds = {
    integer: 'whole number',
    float: 'number',
    boolean: 'on or off',
    string: 'text',
    choice: 'choice',
  } as const
  const { minimum, maximum } = attribute
  const limits =
    minimum !== null && maximum !== null
      ? `from ${minimum} to ${maximum}`
      : minimum !== null
        ? `at least ${minimum}`
        : maximum !== null
          ? `at most ${maximum}`
          : ''
  const standard = attribute.required ? 'required' : `default ${showValue(attribute.default)}`
  return [kinds[attribute.kind], limits, standard].filter((part) => part !== '').join(', ')
}

function parseInteger(text: string): Parsed {
  if (!/^[+-]?\d+(?:_\d+)*$/.test(text)) return { refused: 'A whole number is needed, such as 25.' }
  const value = Number(text.replaceAll('_', ''))
  return Number.isSafeInteger(value) ? { value } : { refused: 'This number is too large to be exact.' }
}

function parseFloatingPoint(text: string): Parsed {
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text))
    return { refused: 'A number is needed, such as 0.01 or 5e-4.' }
  const value = Number(text)
  return Number.isFinite(value) ? { value } : { refused: 'This number is too large.' }
}

function parseBoolean(text: string): Parsed {
  if (/^(?:true|1|yes|on)$/i.test(text)) return { value: true }
  if (/^(?:false|0|no|off)$/i.test(text)) return { value: false }
  return { refused: 'True or False is needed.' }
}

function parseChoice(attribute: Attribute, text: string): Parsed {
  const choice = attribute.choices.find((value) => showValue(value) === text)
  if (choice !== undefined) return { value: choice }
  return { refused: `One of ${attribute.choices.map(showValue).join(', ')} is needed.` }
}

function limited({ minimum, maximum }: Attribute, parsed: Parsed): Parsed {
  if (!('value' in parsed) || typeof parsed.value !== 'number') return parsed
  if (minimum !== null && parsed.value < minimum) return { refused: `At least ${minimum} is needed.` }
  if (maximum !== null && parsed.value > maximum) return { refused: `At most ${maximum} is allowed.` }
  return parsed
}
