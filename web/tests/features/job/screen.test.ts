import { describe, expect, test } from 'vitest'
import { type Line, LONGEST_LINE, Screen } from '@/features/job/console/screen'
import { PLAIN } from '@/features/job/console/style'

function lines(...pieces: string[]): readonly Line[] {
  const screen = new Screen()
  for (const piece of pieces) screen.write(piece)
  return screen.lines
}

function texts(...pieces: string[]): string[] {
  return lines(...pieces).map((line) => line.map((span) => span.text).join(''))
}

describe("S-191: a job's console", () => {
  test.each([
    ['lines', ['a\nb\n'], ['a', 'b', '']],
    ['a line cut into pieces', ['one ', 'line\ntw', 'o'], ['one line', 'two']],
    ['a progress bar', ['10 %\r50 %\r100 %\n'], ['100 %', '']],
    ['a shorter text over a longer one', ['abcdef\rxy'], ['xycdef']],
    ['carriage return and line feed', ['a\r\nb'], ['a', 'b']],
    ['clear to the end of the line', ['abcdef\rxy\x1b[K'], ['xy']],
    ['backspace', ['abc\b\bX'], ['aXc']],
    ['tabs', ['a\tb'], ['a       b']],
    ['no hyperlink', ['\x1b]8;;javascript:alert(1)\x07click\x1b]8;;\x07'], ['click']],
    ['no clipboard', ['\x1b]52;c;aGk=\x1b\\safe'], ['safe']],
    ['no cursor movement', ['a\x1b[2J\x1b[10;10Hb'], ['ab']],
    ['a sequence cut in the middle', ['a\x1b[3', '1mb'], ['ab']],
    ['a lone escape at the end of all', ['a\x1b'], ['a']],
    ['NUL and other controls are shown', ['a\0b\x07'], ['a␀b␇']],
    ['markup is text', ['<script>alert(1)</script>'], ['<script>alert(1)</script>']],
    ['emoji stay whole', ['😀\n'], ['😀', '']],
  ])('%s', (_name, pieces, expected) => {
    expect(texts(...pieces)).toEqual(expected)
  })

  test('colours make spans', () => {
    expect(lines('a\x1b[1;31mb\x1b[0mc')).toEqual([
      [
        { text: 'a', style: PLAIN },
        { text: 'b', style: { color: 'red', bold: true, dim: false } },
        { text: 'c', style: PLAIN },
      ],
    ])
  })

  test('indexed colours are skipped with their parameters', () => {
    expect(lines('\x1b[38;5;1;32mx')).toEqual([[{ text: 'x', style: { ...PLAIN, color: 'green' } }]])
  })

  test('SECURITY E1: a very long line is bounded and says so', () => {
    const [line] = texts('x'.repeat(1_000_000))
    expect(line).toBe(`${'x'.repeat(LONGEST_LINE)} … ${1_000_000 - LONGEST_LINE} more characters`)
  })

  test('an endless string sequence does not swallow the rest', () => {
    expect(texts(`\x1b]0;${'t'.repeat(5000)}`, '\nnext').at(-1)).toBe('next')
  })
})
