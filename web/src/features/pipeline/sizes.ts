/** How large nodes are drawn: known before they are drawn, because the layout needs it. */
import type { Interface, Node } from '@/api/types'

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

/** A selected node, opened in place. `lines` is how many lines its marks would take inside (they stand in a bubble: none). */
export function expandedSize(node: Node, signature: Interface | null, label: string): Size {
  const head = Math.max(300, textWidth(label) + 160)
  if (node.target.kind === 'input') return { width: Math.max(head, 340), height: 36 + 78 }
  if (node.target.kind === 'output') return { width: Math.max(head, 340), height: 36 + 78 }
  const attributes = signature?.attributes.length ?? 0
  const references = signature?.references.length ?? 0
  if (attributes + references === 0) return { width: Math.max(head, 320), height: 36 + 44 }
  const rows = Math.max(attributes * ROW, references * REFERENCE_ROW + 4)
  const sides = attributes > 0 && references > 0 ? 500 : 320
  return { width: Math.max(head, sides), height: 36 + 9 + 20 + rows + 10 }
}

export const ROW = 26
export const REFERENCE_ROW = 32

/** About as wide as 13 px Inter draws it; long enough for names, which are Latin for the most part. */
function textWidth(text: string): number {
  let width = 0
  for (const letter of text)
    width += /[mwMW@%]/.test(letter) ? 11.5 : /[ilIjtf.,:'|!]/.test(letter) ? 4.2 : letter > '\u02ff' ? 14 : 7.6
  return Math.ceil(width)
}
