/** What hands do on the canvas, as edits of the document. */
import { useMemo } from 'react'
import { attempt } from '@/document/client'
import { type PipelineGraph, recordOf } from '@/document/records'
import type { GraphEdits, PortRef } from '@/graph/model'
import { newId } from '@/lib/ids'
import { readClipboard, writeClipboard } from '@/ui/clipboard'
import { notify } from '@/ui/notifications'
import { useCommands, useProjectClient, useUndo } from '@/ui/project'
import { copyText, pasteText } from './clipboard'
import { type Flow, inputType, outputType, type TypeTree, typesFit } from './types'

export interface PipelineHands {
  readonly pipeline: PipelineGraph
  readonly flow: Flow
  readonly tree: TypeTree
  readonly onAdd: (from: PortRef | null) => void
  readonly onRename: (node: string) => void
  readonly onSelect: (ids: readonly string[]) => void
}

export function usePipelineEdits({ pipeline, flow, tree, onAdd, onRename, onSelect }: PipelineHands): GraphEdits {
  const client = useProjectClient()
  const commands = useCommands()
  const undo = useUndo()
  return useMemo((): GraphEdits => {
    const paste = (text: string, where: string): void => {
      const pasted = pasteText(text, pipeline, client.state.records)
      if (pasted === null) {
        notify({ kind: 'info', title: `Nothing to paste`, text: `The ${where} holds no nodes of a pipeline.` })
        return
      }
      if (pasted.leftOut > 0) {
        notify({
          kind: 'error',
          title: 'Pasted in part',
          text: `${pasted.leftOut} nodes were left out: this project lacks their operations.`,
        })
      }
      const refusal = attempt(() => client.edit(pasted.parts))
      if (refusal === null) onSelect(pasted.ids)
      else notify({ kind: 'error', title: 'Not pasted', text: refusal.message })
    }
    const remove = (ids: readonly string[]): void => {
      if (commands.deleteRecords(ids) !== null) onSelect([])
    }
    // What came back is selected, so that it comes into view.
    const look = (came: readonly string[]): void => {
      const nodes = came.filter((id) => recordOf(client.state.records, 'node', id)?.pipeline === pipeline.pipeline.id)
      if (nodes.length > 0) onSelect(nodes)
    }
    const copy = (ids: readonly string[]): Promise<boolean> => writeClipboard(copyText(pipeline, ids))
    return {
      fits: (output, input) =>
        typesFit(tree, outputType(flow, output.node, output.name), inputType(flow, input.node, input.name)),
      connect: (output, input, instead) => {
        const ends = { source: output.node, output: output.name, target: input.node, input: input.name }
        if (instead === null) {
          commands.connect(ends)
          return
        }
        const old = pipeline.wires.find((wire) => wire.id === instead)
        if (old?.target === input.node && old.input === input.name) return
        const made = { kind: 'wire', id: newId(), pipeline: pipeline.pipeline.id, ...ends } as const
        commands.edit({ label: 'Move a wire', put: [made], remove: [instead] })
      },
      disconnect: (wire) => void commands.disconnect(wire),
      remove,
      add: onAdd,
      rename: onRename,
      copy: (ids) => void copy(ids),
      cut: (ids) => void copy(ids).then((copied) => copied && remove(ids)),
      paste: () => void readClipboard().then((text) => text !== null && paste(text, 'clipboard')),
      duplicate: (ids) => paste(copyText(pipeline, ids), 'selection'),
      undo: () => look(commands.undo()),
      redo: () => look(commands.redo()),
      canUndo: undo.undo !== null,
      canRedo: undo.redo !== null,
    }
  }, [pipeline, flow, tree, onAdd, onRename, onSelect, client, commands, undo])
}
