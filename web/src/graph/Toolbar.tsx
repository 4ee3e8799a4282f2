/** Undo and redo, zoom, fit, and what the feature adds. */
import { useReactFlow, useStore } from '@xyflow/react'
import { Maximize, Minus, Plus, Redo2, Undo2 } from 'lucide-react'
import type { ReactNode } from 'react'
import type { GraphEdits } from './model'
import { motion } from './motion'

export function Toolbar({ edits, fit, children }: { edits: GraphEdits | null; fit: () => void; children?: ReactNode }) {
  const { zoomIn, zoomOut, zoomTo } = useReactFlow()
  const zoom = useStore((state) => Math.round(state.transform[2] * 100))
  return (
    <div className="graph-toolbar" role="toolbar" aria-label="Graph">
      {edits !== null && (
        <>
          <Tool label="Undo (Ctrl Z)" disabled={!edits.canUndo} onClick={edits.undo}>
            <Undo2 size={16} strokeWidth={1.75} aria-hidden />
          </Tool>
          <Tool label="Redo (Ctrl Shift Z)" disabled={!edits.canRedo} onClick={edits.redo}>
            <Redo2 size={16} strokeWidth={1.75} aria-hidden />
          </Tool>
          <i />
        </>
      )}
      <Tool label="Zoom out (-)" onClick={() => void zoomOut({ duration: motion('quick') })}>
        <Minus size={16} strokeWidth={1.75} aria-hidden />
      </Tool>
      <button
        type="button"
        className="graph-zoom"
        title="Zoom to 100 %"
        onClick={() => void zoomTo(1, { duration: motion('quick') })}
      >
        {zoom} %
      </button>
      <Tool label="Zoom in (+)" onClick={() => void zoomIn({ duration: motion('quick') })}>
        <Plus size={16} strokeWidth={1.75} aria-hidden />
      </Tool>
      <Tool label="Show all (0)" onClick={fit}>
        <Maximize size={16} strokeWidth={1.75} aria-hidden />
      </Tool>
      {children !== undefined && <i />}
      {children}
    </div>
  )
}

export interface ToolProps {
  readonly label: string
  readonly disabled?: boolean
  readonly onClick: () => void
  readonly children: ReactNode
}

/** A button of the toolbar. */
export function Tool({ label, disabled = false, onClick, children }: ToolProps) {
  return (
    <button type="button" className="graph-tool" aria-label={label} title={label} disabled={disabled} onClick={onClick}>
      {children}
    </button>
  )
}
