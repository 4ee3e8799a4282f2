/** Places in a job's code that its console names: `File "operations/train.py", line 28`. */
export interface CodePlace {
  readonly path: string
  readonly line: number
}

export interface Piece {
  readonly text: string
  readonly place: CodePlace | null
  readonly match: boolean
}

const PLACE = /File "([^"\n]{1,300})", line (\d{1,7})/g
const OWN_FOLDER = /(?:^|\/)((?:operations|data_types|layers|utils|architectures)\/[\w./-]+\.py|main\.py)$/

/** Cuts a text where places and matches of the search begin and end. */
export function cut(text: string, query: string): readonly Piece[] {
  return places(text).flatMap((piece) => (piece.place ? [piece] : matches(piece.text, query)))
}

function places(text: string): Piece[] {
  const pieces: Piece[] = []
  let at = 0
  for (const found of text.matchAll(PLACE)) {
    const own = OWN_FOLDER.exec(found[1] ?? '')
    if (own?.[1] === undefined) continue
    pieces.push(plain(text.slice(at, found.index)))
    pieces.push({ text: found[0], place: { path: own[1], line: Number(found[2]) }, match: false })
    at = found.index + found[0].length
  }
  pieces.push(plain(text.slice(at)))
  return pieces.filter((piece) => piece.text !== '')
}

function matches(text: string, query: string): Piece[] {
  if (query === '') return [plain(text)]
  const pieces: Piece[] = []
  const lower = text.toLowerCase()
  const wanted = query.toLowerCase()
  let at = 0
  for (let next = lower.indexOf(wanted); next >= 0; next = lower.indexOf(wanted, at)) {
    pieces.push(plain(text.slice(at, next)))
    pieces.push({ text: text.slice(next, next + query.length), place: null, match: true })
    at = next + query.length
  }
  pieces.push(plain(text.slice(at)))
  return pieces.filter((piece) => piece.text !== '')
}

function plain(text: string): Piece {
  return { text, place: null, match: false }
}
