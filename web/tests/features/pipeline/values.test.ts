import { describe, expect, test } from 'vitest'
import type { Attribute } from '@/api/types'
import { describeAttribute, effectiveValue, parseValue, showValue } from '@/features/pipeline/values'

function attribute(change: Partial<Attribute>): Attribute {
  return {
    name: 'x',
    kind: 'integer',
    default: 1,
    required: false,
    optional: false,
    choices: [],
    minimum: null,
    maximum: null,
    doc: '',
    ...change,
  }
}

describe('I-067: attributes are read by kind, limits and choices', () => {
  test.each([
    ['a whole number', { kind: 'integer' }, ' 25 ', { value: 25 }],
    ['with underscores', { kind: 'integer' }, '1_000', { value: 1000 }],
    [
      'no fraction for a whole number',
      { kind: 'integer' },
      '2.5',
      { refused: 'A whole number is needed, such as 25.' },
    ],
    ['no words', { kind: 'integer' }, 'abc', { refused: 'A whole number is needed, such as 25.' }],
    ['nothing', { kind: 'integer' }, '', { refused: 'A whole number is needed, such as 25.' }],
    [
      'too large to be exact',
      { kind: 'integer' },
      '99999999999999999999',
      { refused: 'This number is too large to be exact.' },
    ],
    ['too small', { kind: 'integer', minimum: 1 }, '0', { refused: 'At least 1 is needed.' }],
    ['too large', { kind: 'float', maximum: 0.5 }, '0.6', { refused: 'At most 0.5 is allowed.' }],
    ['at the limit', { kind: 'float', minimum: 0.5, maximum: 0.5 }, '.5', { value: 0.5 }],
    ['a power of ten', { kind: 'float' }, '5e-4', { value: 0.0005 }],
    ['a whole number for a number', { kind: 'float' }, '3', { value: 3 }],
    ['no infinity', { kind: 'float' }, '1e999', { refused: 'This number is too large.' }],
    ['no hexadecimal', { kind: 'float' }, '0x10', { refused: 'A number is needed, such as 0.01 or 5e-4.' }],
    ['a truth', { kind: 'boolean', optional: true }, 'true', { value: true }],
    ['no truth', { kind: 'boolean', optional: true }, 'perhaps', { refused: 'True or False is needed.' }],
    ['None where it is legal', { kind: 'float', optional: true }, 'None', { value: null }],
    ['no None where it is not', { kind: 'float' }, 'None', { refused: 'A number is needed, such as 0.01 or 5e-4.' }],
    ['text as it is', { kind: 'string' }, ' a b ', { value: ' a b ' }],
    ['empty text is text', { kind: 'string', optional: true }, '', { value: '' }],
    ['a choice', { kind: 'choice', choices: ['sgd', 'adam'] }, 'adam', { value: 'adam' }],
    ['a number as a choice', { kind: 'choice', choices: [1, 2] }, '2', { value: 2 }],
    ['no choice', { kind: 'choice', choices: ['sgd', 'adam'] }, 'rmsprop', { refused: 'One of sgd, adam is needed.' }],
  ] as [string, Partial<Attribute>, string, ReturnType<typeof parseValue>][])('%s', (_name, change, text, expected) => {
    expect(parseValue(attribute(change), text)).toEqual(expected)
  })

  test('values are written as Python writes them', () => {
    expect([null, true, false, 0.001, 'x'].map(showValue)).toEqual(['None', 'True', 'False', '0.001', 'x'])
  })

  test('the tooltip says what is accepted', () => {
    expect(describeAttribute(attribute({ minimum: 1, maximum: 9 }))).toBe('whole number, from 1 to 9, default 1')
    expect(describeAttribute(attribute({ kind: 'float', minimum: 0, required: true }))).toBe(
      'number, at least 0, required',
    )
    expect(describeAttribute(attribute({ kind: 'string', default: 'a' }))).toBe('text, default a')
  })

  test('a value of the node goes before the default, None as well', () => {
    expect([
      effectiveValue(attribute({}), {}),
      effectiveValue(attribute({}), { x: 7 }),
      effectiveValue(attribute({}), { x: null }),
    ]).toEqual([1, 7, null])
  })
})
