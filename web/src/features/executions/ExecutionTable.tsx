import { Trash2 } from 'lucide-react'
import { deleteExecution, renameExecution } from '@/api/calls'
import type { Execution } from '@/api/types'
import { elapsed, formatDuration, formatInstant, formatWhen } from '@/lib/format'
import { screenPath } from '@/lib/router'
import { Swatch } from '@/ui/chart/Swatch'
import { useNow } from '@/ui/clock'
import { confirm } from '@/ui/confirm'
import { IconButton } from '@/ui/IconButton'
import { InlineRename } from '@/ui/InlineRename'
import { attempt } from '@/ui/notifications'
import { Link, useProjectRoute } from '@/ui/route'
import { StatusTag } from '@/ui/StatusTag'

interface Props {
  readonly executions: readonly Execution[]
  readonly checked: readonly Execution[]
  /** Which line of the graph beside the table is an execution's. */
  readonly lines: ReadonlyMap<string, number>
  readonly onCheck: (ids: readonly string[]) => void
}

export function ExecutionTable({ executions, checked, lines, onCheck }: Props) {
  const ids = checked.map(({ id }) => id)
  const now = useNow(executions.some(({ status }) => status === 'running'))
  return (
    <table className="table">
      <thead>
        <tr>
          <th>
            <input
              type="checkbox"
              aria-label="Check all"
              checked={executions.length > 0 && executions.every(({ id }) => ids.includes(id))}
              onChange={(event) => onCheck(event.target.checked ? executions.map(({ id }) => id) : [])}
            />
          </th>
          <th>Name</th>
          <th>Date</th>
          <th>Pipeline</th>
          <th className="num right">Duration</th>
          <th>Status</th>
          <th aria-label="Actions" />
        </tr>
      </thead>
      <tbody>
        {executions.map((execution) => (
          <Row
            key={execution.id}
            execution={execution}
            now={now}
            checked={ids.includes(execution.id)}
            line={lines.get(execution.id)}
            onCheck={(check) => onCheck(check ? [...ids, execution.id] : ids.filter((id) => id !== execution.id))}
          />
        ))}
      </tbody>
    </table>
  )
}

interface RowProps {
  readonly execution: Execution
  readonly now: Date
  readonly checked: boolean
  readonly line: number | undefined
  readonly onCheck: (checked: boolean) => void
}

function Row({ execution, now, checked, line, onCheck }: RowProps) {
  const route = useProjectRoute()
  const { id, name, created, pipeline, pipeline_name, started, ended, status } = execution
  const duration = elapsed(started, ended, now)
  return (
    <tr aria-selected={checked}>
      <td>
        <input
          type="checkbox"
          aria-label={`Compare ${name}`}
          checked={checked}
          onChange={(event) => onCheck(event.target.checked)}
        />
      </td>
      <td>
        <InlineRename
          value={name}
          label={`Rename ${name}`}
          onRename={(to) => attempt('Not renamed', () => renameExecution(id, to))}
        >
          <Link to={screenPath(route, 'execution', id)}>{name}</Link>
          <ExecutionSwatch line={line} />
        </InlineRename>
      </td>
      <td title={formatInstant(created)}>{formatWhen(created)}</td>
      <td>
        <Link to={screenPath(route, 'pipeline', pipeline)}>{pipeline_name}</Link>
      </td>
      <td className="num right">{duration === null ? '–' : formatDuration(duration)}</td>
      <td>
        <StatusTag status={status} />
      </td>
      <td>
        <IconButton label={`Delete ${name}`} onClick={() => void remove(execution)}>
          <Trash2 />
        </IconButton>
      </td>
    </tr>
  )
}

/** How the execution's line is drawn; nothing where it has none of its own. */
export function ExecutionSwatch({ line }: { readonly line: number | undefined }) {
  return line === undefined ? null : <Swatch index={line} />
}

async function remove({ id, name, status }: Execution): Promise<void> {
  const stopped = status === 'running' || status === 'queued' || status === 'pending' ? ', and it is stopped first' : ''
  const text = `Its console, graphs and images go with it${stopped}. The artifacts that it saved stay.`
  if (await confirm({ title: `Delete ${name}?`, text, action: 'Delete' })) {
    await attempt('Not deleted', () => deleteExecution(id))
  }
}
