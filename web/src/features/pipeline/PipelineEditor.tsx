/** The Pipeline editor: the graph, what its selected node can be set to, its executions, and the button that runs it. */
import { CircleHelp, Play, Plus } from 'lucide-react'
import { type ReactNode, useCallback, useMemo, useState } from 'react'
import type { Mark, NodeTarget } from '@/api/types'
import type { PipelineGraph } from '@/document/records'
import { GraphCanvas } from '@/graph/GraphCanvas'
import type { GraphNode, PortRef } from '@/graph/model'
import { Tool } from '@/graph/Toolbar'
import { useCanvasKeys } from '@/graph/useCanvasKeys'
import { ActionButton } from '@/ui/ActionButton'
import { InlineRename } from '@/ui/InlineRename'
import { useAnalysis, useCommands, useDocument, useProjectState, useRecords } from '@/ui/project'
import { setSelection, shortcuts, useCrumb, useProjectRoute } from '@/ui/route'
import { AddDialog } from './AddDialog'
import { ExecutionTray } from './ExecutionTray'
import { MarkBubble } from './MarkBubble'
import { NodeBody } from './NodeBody'
import { TypeTree } from './types'
import { useExecute } from './useExecute'
import { usePipelineEdits } from './usePipelineEdits'
import { useVisitors } from './useVisitors'
import { blockingMarks, flowOf, groupMarks, labelOf, pipelineView } from './view'
import './pipeline.css'
import './picker.css'
import './add.css'
import './tray.css'

const NO_TYPES: readonly never[] = []

export function PipelineEditor({ pipeline }: { pipeline: PipelineGraph }) {
  const id = pipeline.pipeline.id
  const { selection } = useProjectRoute()
  const { records } = useDocument()
  const analysis = useAnalysis()
  const artifacts = useProjectState((state) => state.artifacts)
  const operations = useRecords('operation')
  const commands = useCommands()
  const [adding, setAdding] = useState<{ from: PortRef | null } | null>(null)
  const [renaming, setRenaming] = useState<string | null>(null)
  useCrumb(pipeline.pipeline.name)
  useCanvasKeys()

  const parts = useMemo(() => ({ pipeline, records, analysis, artifacts }), [pipeline, records, analysis, artifacts])
  const flow = useMemo(() => flowOf(parts), [parts])
  const tree = useMemo(() => new TypeTree(analysis?.types ?? NO_TYPES), [analysis?.types])
  const present = useMemo(() => known(selection, pipeline), [selection, pipeline])
  const opened = present.length === 1 ? (present[0] ?? null) : null
  const graph = useMemo(() => pipelineView(parts, opened), [parts, opened])
  const marks = useMemo(() => groupMarks(analysis?.marks ?? NO_TYPES), [analysis?.marks])
  const bubbles = useMemo(() => bubblesOf(pipeline, marks), [pipeline, marks])
  const { visitors, onPointer } = useVisitors('pipeline', id, present)

  const add = useCallback((from: PortRef | null) => setAdding({ from }), [])
  const edits = usePipelineEdits({ pipeline, flow, tree, onAdd: add, onRename: setRenaming, onSelect: setSelection })
  const onRefused = useCallback((ids: readonly string[]) => ids[0] !== undefined && setSelection([ids[0]]), [])
  const { execute, busy } = useExecute(pipeline, onRefused)
  const blocking = useMemo(() => blockingMarks(pipeline, analysis?.marks ?? NO_TYPES), [pipeline, analysis?.marks])
  const run = useCallback(() => void execute(), [execute])

  const nodes = flow.nodes
  const renderNode = useCallback(
    (shape: GraphNode): ReactNode => {
      const node = nodes.get(shape.id)
      if (node === undefined) return null
      return (
        <NodeBody
          node={node}
          label={shape.title}
          color={shape.color}
          opened={opened === shape.id}
          marks={marks.get(shape.id) ?? NO_TYPES}
          flow={flow}
          tree={tree}
          renaming={renaming === shape.id}
          onRename={(name) => {
            setRenaming(null)
            if (name !== null) commands.renameNode(shape.id, name)
          }}
        />
      )
    },
    [nodes, opened, marks, flow, tree, renaming, commands],
  )
  const choose = (target: NodeTarget, port: string | null): void => {
    const from = adding?.from ?? null
    const made = commands.addNode(id, target, (node) =>
      from === null || port === null ? [] : [wireEnds(from, node, port)],
    )
    setAdding(null)
    if (made !== null) setSelection([made.id])
  }
  const blocked = blockedBy(pipeline, blocking, (record) => {
    const node = nodes.get(record)
    return node === undefined ? '' : labelOf(parts, node)
  })
  return (
    <div className="pipeline">
      <GraphCanvas
        key={id}
        label={`Pipeline ${pipeline.pipeline.name}`}
        graph={graph}
        selection={present}
        onSelect={setSelection}
        renderNode={renderNode}
        bubbles={bubbles}
        visitors={visitors}
        edits={edits}
        onPointer={onPointer}
        tools={
          <Tool label="Shortcuts (?)" onClick={() => shortcuts.handle(new KeyboardEvent('keydown', { key: '?' }))}>
            <CircleHelp size={16} strokeWidth={1.75} aria-hidden />
          </Tool>
        }
      >
        <h1 className="pipeline-title" aria-label={pipeline.pipeline.name}>
          <InlineRename
            value={pipeline.pipeline.name}
            label={`Rename ${pipeline.pipeline.name}`}
            onRename={(name) => commands.renamePipeline(id, name)}
          />
        </h1>
        {pipeline.nodes.length === 0 && <Empty onAdd={() => add(null)} />}
        <ExecutionTray pipeline={id} />
        <ActionButton
          primary={{
            label: 'Execute pipeline',
            icon: <Play aria-hidden />,
            run,
            keys: 'Ctrl+Enter',
            blocked: busy ? 'The execution begins' : blocked,
          }}
          secondary={[{ label: 'Add operation', icon: <Plus aria-hidden />, keys: '/', run: () => add(null) }]}
        />
      </GraphCanvas>
      {adding !== null && (
        <AddDialog
          from={adding.from}
          operations={operations}
          interfaces={flow.interfaces}
          flow={flow}
          tree={tree}
          onClose={() => setAdding(null)}
          onChoose={choose}
        />
      )}
    </div>
  )
}

function Empty({ onAdd }: { onAdd: () => void }) {
  return (
    <div className="pipeline-empty">
      <p>This pipeline is empty.</p>
      <button type="button" onClick={onAdd}>
        Add an operation
      </button>
      <small>
        or press <kbd>/</kbd>, or double-click anywhere
      </small>
    </div>
  )
}

/** What of a selection is still there. */
function known(selection: readonly string[], pipeline: PipelineGraph): readonly string[] {
  const ids = new Set([...pipeline.nodes, ...pipeline.wires].map((record) => record.id))
  return selection.every((id) => ids.has(id)) ? selection : selection.filter((id) => ids.has(id))
}

function bubblesOf(pipeline: PipelineGraph, marks: ReturnType<typeof groupMarks>): ReadonlyMap<string, ReactNode> {
  return new Map(
    pipeline.nodes.flatMap((node) => {
      const own = marks.get(node.id) ?? []
      return own.length === 0 ? [] : [[node.id, <MarkBubble key={node.id} marks={own} />] as const]
    }),
  )
}

/** Why the pipeline cannot run: the first reasons by name, and how many more there are. */
function blockedBy(
  pipeline: PipelineGraph,
  marks: readonly Mark[],
  name: (record: string) => string,
): string | undefined {
  if (!pipeline.nodes.some(({ target }) => target.kind === 'operation')) return 'Nothing to run yet: add an operation'
  const reasons = marks.map(({ message, where }) => {
    const label = name(where.record)
    return label === '' || message.includes(label) ? message : `${label}: ${message}`
  })
  const different = [...new Set(reasons)]
  if (different.length === 0) return undefined
  const more = different.length > 2 ? ` And ${different.length - 2} more.` : ''
  return `${different.slice(0, 2).join(' ')}${more}`
}

function wireEnds(from: PortRef, node: string, port: string) {
  return from.side === 'output'
    ? { source: from.node, output: from.name, target: node, input: port }
    : { source: node, output: port, target: from.node, input: from.name }
}
