/** Where the labels at the ends of lines stand: beside their ends, over no other label, and inside the plot. */

export interface Label {
  readonly x: number
  readonly y: number
  readonly width: number
}

/** The y of each label, in the order given; null where there is no room for it. `line` is what a label needs in height. */
export function spread(labels: readonly Label[], top: number, bottom: number, line: number): (number | null)[] {
  const places = labels.map((label, index) => ({ label, index, y: Math.min(Math.max(label.y, top), bottom) }))
  places.sort((one, other) => one.label.y - other.label.y)
  // Down from one label to the next, then back up from the lower edge: the order of the lines is kept.
  places.forEach((place, index) => {
    const above = places.slice(0, index).filter((other) => meet(other.label, place.label))
    place.y = Math.max(place.y, ...above.map(({ y }) => y + line))
  })
  for (const [index, place] of [...places.entries()].reverse()) {
    const below = places.slice(index + 1).filter((other) => meet(other.label, place.label))
    place.y = Math.min(place.y, bottom, ...below.map(({ y }) => y - line))
  }
  places.sort((one, other) => one.index - other.index)
  return places.map(({ y }) => (y < top ? null : y))
}

function meet(one: Label, other: Label): boolean {
  return one.x < other.x + other.width && other.x < one.x + one.width
}
