import type { Screen } from './screen'

/** The lines that contain the text, whatever its case, in order. */
export function findLines(screen: Screen, query: string): number[] {
  if (query === '') return []
  const wanted = query.toLowerCase()
  const found: number[] = []
  for (let index = 0; index < screen.count; index++) {
    const text = screen
      .line(index)
      .map((span) => span.text)
      .join('')
    if (text.toLowerCase().includes(wanted)) found.push(index)
  }
  return found
}
