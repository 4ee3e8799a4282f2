/** A traceback of the user's own code, call by call. */

export interface Frame {
  readonly file: string
  readonly line: number
  /** The function that was in it. */
  readonly inside: string
  readonly code: string
}

const PLACE = /^ {2}File "([^"]+)", line (\d+)(?:, in (.+))?$/

/** The calls in the user's own files (their paths are relative), outermost first; of a chain of errors those of the last. */
export function ownFrames(traceback: string): readonly Frame[] {
  let frames: Frame[] = []
  let open = false
  for (const text of traceback.split('\n')) {
    if (text.startsWith('Traceback (most recent call last)')) frames = []
    const [, file, line, inside = ''] = PLACE.exec(text) ?? []
    const last = frames.at(-1)
    if (file !== undefined) {
      open = !file.startsWith('/') && !file.startsWith('<')
      if (open) frames.push({ file, line: Number(line), inside, code: '' })
    } else if (open && last !== undefined && last.code === '' && text.startsWith('    ')) {
      frames[frames.length - 1] = { ...last, code: text.trim() }
    }
  }
  return frames
}
