/** Finding by what people remember of a name: its beginning, the beginnings of its words, its letters in order. */

/** Those that match, best first; all of them, in their order, for an empty query. */
export function foundIn<Named extends { readonly name: string }>(
  entries: readonly Named[],
  query: string,
): readonly Named[] {
  const wanted = query.trim().toLowerCase()
  if (wanted === '') return entries
  return entries
    .map((entry) => ({ entry, score: score(entry.name.toLowerCase(), wanted) }))
    .filter(({ score: points }) => points > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ entry }) => entry)
}

function score(name: string, wanted: string): number {
  if (name === wanted) return 5
  if (name.startsWith(wanted)) return 4
  if (name.split(/[\s_.-]+/).some((word) => word.startsWith(wanted))) return 3
  if (name.includes(wanted)) return 2
  return inOrder(name, wanted) ? 1 : 0
}

function inOrder(name: string, wanted: string): boolean {
  let from = 0
  return [...wanted].every((letter) => {
    const at = name.indexOf(letter, from)
    from = at + 1
    return at >= 0
  })
}
