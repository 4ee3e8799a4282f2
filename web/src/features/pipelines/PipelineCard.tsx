import { Copy, Trash2 } from 'lucide-react'
import { useMemo } from 'react'
import type { Execution, Node, Pipeline } from '@/api/types'
import { nodeLabel, type Records, recordOf } from '@/document/records'
import { nameProblem } from '@/document/rules'
import { Thumbnail } from '@/graph/Thumbnail'
import { formatCount, formatInstant, formatWhen } from '@/lib/format'
import { screenPath } from '@/lib/router'
import { Avatar } from '@/ui/Avatar'
import { ButtonLink } from '@/ui/Button'
import { operationColor } from '@/ui/colors'
import { confirm } from '@/ui/confirm'
import { IconButton } from '@/ui/IconButton'
import { InlineRename } from '@/ui/InlineRename'
import { notify } from '@/ui/notifications'
import { useCommands, useDocument, usePipeline, usePresence } from '@/ui/project'
import { Link, useProjectRoute } from '@/ui/route'
import { StatusTag } from '@/ui/StatusTag'

/** A pipeline: its drawn graph, its name (click to rename), how often it ran and how the last run went. */
export function PipelineCard({ pipeline, executions }: { pipeline: Pipeline; executions: readonly Execution[] }) {
  const { id, name } = pipeline
  const route = useProjectRoute()
  const { renamePipeline } = useCommands()
  const path = screenPath(route, 'pipeline', id)
  const last = executions[0]
  const here = usePresence().others.filter(({ place }) => place.record === id)
  const taken = useTaken(id)
  return (
    <article className="card pipeline-card" aria-label={name}>
      <Link to={path} className="pipeline-picture dots" tabIndex={-1} aria-hidden>
        <Picture pipeline={id} />
      </Link>
      <div className="pipeline-words">
        <div className="row">
          <h2 className="pipeline-name" aria-label={name}>
            <InlineRename
              value={name}
              label={`Rename ${name}`}
              problem={(wanted) =>
                taken(wanted) ? 'Another pipeline has this name.' : nameProblem('pipeline', wanted)
              }
              onRename={(wanted) => renamePipeline(id, wanted)}
            />
          </h2>
          <span className="spacer" />
          {here.slice(0, 4).map(({ client, person }) => (
            <Avatar key={client} person={person} size={22} />
          ))}
        </div>
        <div className="row xs t2 pipeline-runs">
          {last && <StatusTag status={last.status} />}
          <span className="num">{capital(formatCount(executions.length, 'execution'))}</span>
          <span className="spacer" />
          {last && (
            <time className="t3 num" dateTime={last.created} title={formatInstant(last.created)}>
              {formatWhen(last.created)}
            </time>
          )}
        </div>
      </div>
      <div className="pipeline-actions">
        <ButtonLink to={path} size="sm" className="pipeline-open" aria-label={`Open ${name}`}>
          Open
        </ButtonLink>
        <span className="spacer" />
        <CardButtons pipeline={pipeline} runs={executions.length} />
      </div>
    </article>
  )
}

function CardButtons({ pipeline: { id, name }, runs }: { pipeline: Pipeline; runs: number }) {
  const { duplicatePipeline, deletePipeline } = useCommands()
  const erase = async () => {
    const kept = runs === 0 ? '' : ` Its ${formatCount(runs, 'execution')} and what they saved stay.`
    const text = `Its nodes and wires go with it; its operations stay in the project.${kept} Undo brings it back.`
    if ((await confirm({ title: `Delete ${name}?`, text, action: 'Delete' })) && deletePipeline(id) !== null) {
      notify({ kind: 'info', title: `${name} deleted`, text: 'Ctrl+Z takes it back.' })
    }
  }
  return (
    <>
      <IconButton label={`Duplicate ${name}`} onClick={() => duplicatePipeline(id)}>
        <Copy />
      </IconButton>
      <IconButton label={`Delete ${name}`} danger onClick={() => void erase()}>
        <Trash2 />
      </IconButton>
    </>
  )
}

function Picture({ pipeline }: { pipeline: string }) {
  const graph = usePipeline(pipeline)
  const { records } = useDocument()
  const nodes = useMemo(
    () =>
      (graph?.nodes ?? []).map((node) => ({
        id: node.id,
        color: colorOf(records, node),
        length: nodeLabel(records, node).length,
      })),
    [graph, records],
  )
  if (graph === null || nodes.length === 0) return <span className="t3 xs">Nothing in it yet</span>
  return <Thumbnail nodes={nodes} wires={graph.wires} width={300} height={146} />
}

function colorOf(records: Records, { target }: Node): string {
  if (target.kind !== 'operation') return operationColor('io')
  return operationColor(recordOf(records, 'operation', target.operation)?.color ?? 'slate')
}

function useTaken(id: string): (name: string) => boolean {
  const { records } = useDocument()
  return (name) =>
    [...records.values()].some((other) => other.kind === 'pipeline' && other.id !== id && other.name === name)
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
