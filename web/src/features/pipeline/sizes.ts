/** How large nodes are drawn: known before they are drawn, because the layout needs it. */
import type { Interface, Node } from '@/api/types'
import { effectiveValue, showValue } from './values'

export interface Size {
  readonly width: number
  readonly height: number
}

const HEIGHT = 40
const LEAST = 150

/** A node at rest: as wide as its name and its ports need. */
export function collapsedSize(label: string, ports: number, icon: boolean): Size {
  const text = Math.ceil(textWidth(label) / 10) * 10 + 40 + (icon ? 24 : 0)
  return { width: Math.min(Math.max(LEAST, text, ports * 44), 360), height: HEIGHT }
}

/** A selected node, opened in place. Its marks stand in a bubble beside it. */
export function expandedSize(node: Node, signature: Interface | null, label: string): Size {
  const head = Math.min(Math.max(300, textWidth(label) + 160), WIDEST_HEAD)
  if (node.target.kind === 'input') return { width: Math.max(head, 340), height: 36 + 92 }
  if (node.target.kind === 'output') return { width: Math.max(head, 340), height: 36 + 92 }
  const attributes = signature?.attributes.length ?? 0
  const references = signature?.references.length ?? 0
  if (signature === null || attributes + references === 0) return { width: Math.max(head, 320), height: 36 + 44 }
  const rows = Math.max(attributes * ROW, references * REFERENCE_ROW + 4)
  const left = attributes > 0 ? attributesWidth(signature, node.attributes) : 0
  const right = references > 0 ? REFERENCES_WIDTH : 0
  return { width: Math.max(head, 320, left + right), height: 36 + 9 + 20 + rows + 10 }
}

/** The part with the attributes: wide enough for the longest name beside the widest value. */
export function attributesWidth(signature: Interface, own: Node['attributes']): number {
  const names = signature.attributes.map(({ name }) => textWidth(name))
  return Math.max(236, Math.max(0, ...names) + 32 + 34 + valuesWidth(signature, own))
}

/** The fields of the attributes: texts such as addresses get more room than numbers, up to a limit. */
export function valuesWidth(signature: Interface, own: Node['attributes']): number {
  const texts = signature.attributes
    .filter(({ kind }) => kind === 'string' || kind === 'choice')
    .map((attribute) => showValue(effectiveValue(attribute, own)).length * MONO + 18)
  return Math.min(Math.max(112, ...texts), 300)
}

const WIDEST_HEAD = 560
export const REFERENCES_WIDTH = 264
/** A letter of the 12 px fixed-width face. */
const MONO = 7.3

export const ROW = 26
export const REFERENCE_ROW = 32

/** About as wide as 13 px Inter draws it; long enough for names, which are Latin for the most part. */
function textWidth(text: string): number {
  let width = 0
  for (const letter of text)
    width += /[mwMW@%]/.test(letter) ? 11.5 : /[ilIjtf.,:'|!]/.test(letter) ? 4.2 : letter > '\u02ff' ? 14 : 7.6
  return Math.ceil(width)
}
