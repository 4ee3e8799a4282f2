/** Python to read: colours of the theme, numbered lines, one line marked. */
import { python } from '@codemirror/lang-python'
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { EditorState, type Extension, StateEffect, StateField } from '@codemirror/state'
import { Decoration, type DecorationSet, EditorView, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useEffect, useRef } from 'react'
import './code.css'

interface Props {
  readonly text: string
  readonly label: string
  /** 1-based; scrolled into view and marked. */
  readonly line?: number | null
}

export function CodeView({ text, label, line = null }: Props) {
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)

  useEffect(() => {
    if (host.current === null) return
    const state = EditorState.create({
      doc: text,
      extensions: [...READING, EditorView.contentAttributes.of({ 'aria-label': label })],
    })
    view.current = new EditorView({ state, parent: host.current })
    return () => view.current?.destroy()
  }, [text, label])

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new text has a new view, in which the line is marked again
  useEffect(() => {
    const editor = view.current
    if (editor === null) return
    const inside = line !== null && line >= 1 && line <= editor.state.doc.lines
    const at = inside ? editor.state.doc.line(line).from : null
    const scroll = at === null ? [] : [EditorView.scrollIntoView(at, { y: 'center' })]
    editor.dispatch({ effects: [markLine.of(at), ...scroll] })
  }, [line, text, label])

  return <div className="code-view" ref={host} />
}

const markLine = StateEffect.define<number | null>()

const markedLine = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (marks, transaction) => {
    for (const effect of transaction.effects) {
      if (effect.is(markLine)) {
        return effect.value === null
          ? Decoration.none
          : Decoration.set([Decoration.line({ class: 'code-marked' }).range(effect.value)])
      }
    }
    return marks
  },
  provide: (field) => EditorView.decorations.from(field),
})

const COLORS = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: 'var(--code-keyword)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--code-string)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--code-number)' },
  {
    tag: [tags.function(tags.variableName), tags.function(tags.definition(tags.variableName))],
    color: 'var(--code-function)',
  },
  { tag: [tags.className, tags.definition(tags.className), tags.typeName], color: 'var(--code-type)' },
  { tag: tags.comment, color: 'var(--code-comment)', fontStyle: 'italic' },
])

const READING: Extension[] = [
  EditorState.readOnly.of(true),
  lineNumbers(),
  python(),
  syntaxHighlighting(COLORS),
  markedLine,
]
