/** How a stretch of console text looks. Only colours and weight are taken from a job's escape sequences, nothing else. */
export interface Style {
  readonly color: Color | null
  readonly bold: boolean
  readonly dim: boolean
}

export type Color = 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan' | 'grey'

export const PLAIN: Style = { color: null, bold: false, dim: false }

const COLORS: readonly (Color | null)[] = ['grey', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', null]

/** The style after the parameters of one "select graphic rendition" sequence (ECMA-48, 8.3.117). */
export function select(style: Style, parameters: readonly number[]): Style {
  let next = style
  for (let index = 0; index < parameters.length; index++) {
    const code = parameters[index] ?? 0
    if (code === 38 || code === 48) {
      // An indexed or true colour: its parameters are skipped, our palette has eight colours in two themes.
      index += parameters[index + 1] === 5 ? 2 : 4
      continue
    }
    next = selectOne(next, code)
  }
  return next
}

function selectOne(style: Style, code: number): Style {
  if (code === 0) return PLAIN
  if (code === 1) return { ...style, bold: true }
  if (code === 2) return { ...style, dim: true }
  if (code === 22) return { ...style, bold: false, dim: false }
  if (code === 39) return { ...style, color: null }
  if (code >= 30 && code <= 37) return { ...style, color: COLORS[code - 30] ?? null }
  if (code >= 90 && code <= 97) return { ...style, color: COLORS[code - 90] ?? null }
  return style
}

export function sameStyle(one: Style, other: Style): boolean {
  return one.color === other.color && one.bold === other.bold && one.dim === other.dim
}
