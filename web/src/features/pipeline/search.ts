/** Finding by typing: letters in order, best where they stand together or begin a word. */

export interface Match {
  readonly score: number
  /** Which letters matched. */
  readonly at: readonly number[]
}

/** Null when not all letters occur in order. */
export function fuzzy(query: string, text: string): Match | null {
  const wanted = query.trim().toLowerCase()
  const lower = text.toLowerCase()
  if (wanted === '') return { score: 0, at: [] }
  const whole = lower.indexOf(wanted)
  if (whole >= 0) {
    const begins = whole === 0 ? 40 : isStart(text, whole) ? 20 : 0
    return {
      score: 100 + begins - text.length / 10,
      at: Array.from({ length: wanted.length }, (_, index) => whole + index),
    }
  }
  const at: number[] = []
  let from = 0
  for (const letter of wanted.replaceAll(/\s/g, '')) {
    const found = lower.indexOf(letter, from)
    if (found < 0) return null
    at.push(found)
    from = found + 1
  }
  const together = at.filter((place, index) => index > 0 && place === (at[index - 1] ?? 0) + 1).length
  const starts = at.filter((place) => isStart(text, place)).length
  return { score: together * 6 + starts * 8 - text.length / 10, at }
}

function isStart(text: string, at: number): boolean {
  const before = text[at - 1]
  return (
    before === undefined || before === '_' || before === ' ' || (/[a-z]/.test(before) && /[A-Z]/.test(text[at] ?? ''))
  )
}
