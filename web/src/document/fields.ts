/** DF100: which fields each kind of record has, and what they may hold. The server's Structs say the same. */
import { ID_PATTERN } from '@/lib/ids'
import type { Kind } from './records'
import { Refusal } from './refusal'

/** True when a value is what the field may hold. */
type Check = (value: unknown) => boolean

interface FieldRule {
  readonly check: Check
  readonly optional?: boolean
}

const string: Check = (value) => typeof value === 'string'
const name: Check = (value) => typeof value === 'string' && value.length >= 1 && [...value].length <= 200
const id: Check = (value) => typeof value === 'string' && ID_PATTERN.test(value)
const integer: Check = (value) => Number.isInteger(value)
const plain: Check = (value) =>
  value === null ||
  ['string', 'boolean'].includes(typeof value) ||
  (typeof value === 'number' && Number.isFinite(value))
const nullable =
  (check: Check): Check =>
  (value) =>
    value === null || check(value)
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const mapOf =
  (check: Check): Check =>
  (value) =>
    isObject(value) && Object.values(value).every(check)
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check)

/** One of several shapes, told apart by `kind`. */
const union =
  (shapes: Record<string, Record<string, FieldRule>>): Check =>
  (value) => {
    if (!isObject(value) || typeof value.kind !== 'string') return false
    const shape = Object.hasOwn(shapes, value.kind) ? shapes[value.kind] : undefined
    return shape !== undefined && wrongField(value, shape) === null
  }

const required = (check: Check): FieldRule => ({ check })
const optional = (check: Check): FieldRule => ({ check, optional: true })

const target = union({
  operation: { operation: required(id) },
  pipeline: { pipeline: required(id) },
  input: { artifact: optional(nullable(string)) },
  output: { name: optional(name) },
})
const layerTarget = union({
  class: { name: required(string) },
  layer: { layer: required(id) },
  architecture: { architecture: required(id) },
})
const reference = union({
  record: { record: required(id) },
  resource: { resource: required(string), class_name: required(string), attributes: optional(mapOf(string)) },
})
const code = { name: required(name), code: required(string) }

/** The fields of each kind beside `kind` and `id`. */
export const FIELDS: Record<Kind, Record<string, FieldRule>> = {
  pipeline: { name: required(name) },
  operation: { ...code, color: optional(string) },
  data_type: code,
  layer_definition: code,
  module: code,
  node: {
    pipeline: required(id),
    target: required(target),
    name: optional(nullable(string)),
    attributes: optional(mapOf(plain)),
    references: optional(mapOf(reference)),
  },
  wire: {
    pipeline: required(id),
    source: required(id),
    output: required(string),
    target: required(id),
    input: required(string),
  },
  architecture: { name: required(name), parameters: optional(mapOf(string)) },
  layer: {
    architecture: required(id),
    target: required(layerTarget),
    name: optional(nullable(string)),
    attributes: optional(mapOf(string)),
  },
  link: {
    architecture: required(id),
    source: required(id),
    target: required(id),
    output: optional(integer),
    input: optional(integer),
  },
  note: { graph: required(id), text: required(string), about: optional(nullable(id)) },
  frame: { graph: required(id), title: required(string), members: optional(listOf(id)) },
}

/** The first field that is unknown, missing or holds a wrong value; null when all are right. */
function wrongField(value: Record<string, unknown>, rules: Record<string, FieldRule>): string | null {
  const unknown = Object.keys(value).find((field) => field !== 'kind' && !Object.hasOwn(rules, field))
  if (unknown !== undefined) return unknown
  const wrong = Object.entries(rules).find(([field, rule]) =>
    value[field] === undefined ? !rule.optional : !rule.check(value[field]),
  )
  return wrong?.[0] ?? null
}

/** Refuses (DF100) a record of an unknown kind or with a wrong field. */
export function checkRecord(record: unknown): void {
  if (!isObject(record) || typeof record.kind !== 'string' || !Object.hasOwn(FIELDS, record.kind)) {
    throw new Refusal('DF100', 'The edit puts something that is no record of a known kind.')
  }
  const wrong = wrongField(record, { id: required(id), ...FIELDS[record.kind as Kind] })
  if (wrong !== null) throw new Refusal('DF100', `The field ${wrong} of a ${record.kind} does not fit.`)
}

/** Refuses (DF100) a field that the kind does not have, or that holds a wrong value. */
export function checkField(kind: Kind, field: string, value: unknown): void {
  const rule = Object.hasOwn(FIELDS[kind], field) ? FIELDS[kind][field] : undefined
  if (rule === undefined || !rule.check(value))
    throw new Refusal('DF100', `The field ${field} of a ${kind} does not fit.`)
}
