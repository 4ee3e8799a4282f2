/** The execution tray (S-045): every execution of this pipeline, newest first, with status and progress; a click opens it. */
import { ChevronDown, ChevronUp, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { deleteExecution } from '@/api/calls'
import type { Execution } from '@/api/types'
import { formatCount, formatInstant, formatTime } from '@/lib/format'
import { confirm } from '@/ui/confirm'
import { IconButton } from '@/ui/IconButton'
import { attempt } from '@/ui/notifications'
import { useExecutions, useListed } from '@/ui/project'
import { goTo } from '@/ui/route'
import { StatusTag } from '@/ui/StatusTag'

export function ExecutionTray({ pipeline }: { pipeline: string }) {
  const executions = useExecutions(pipeline)
  const listed = useListed()
  const [open, setOpen] = useState(true)
  return (
    <section className="tray" aria-label="Executions of this pipeline">
      <button type="button" className="tray-head" aria-expanded={open} onClick={() => setOpen(!open)}>
        <b>{listed ? sentence(executions.length) : 'Executions'}</b>
        {executions.length > 0 &&
          (open ? (
            <ChevronDown size={16} strokeWidth={1.75} aria-hidden />
          ) : (
            <ChevronUp size={16} strokeWidth={1.75} aria-hidden />
          ))}
      </button>
      {open && executions.length > 0 && (
        <ul>
          {executions.map((execution) => (
            <Row key={execution.id} execution={execution} />
          ))}
        </ul>
      )}
    </section>
  )
}

function sentence(count: number): string {
  const text = formatCount(count, 'execution')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function Row({ execution }: { execution: Execution }) {
  const remove = async (): Promise<void> => {
    const yes = await confirm({
      title: `Delete ${execution.name}?`,
      text: 'Its console, graphs and pictures go with it. Artifacts that it saved stay.',
      action: 'Delete',
    })
    if (yes) await attempt(`${execution.name} was not deleted`, () => deleteExecution(execution.id))
  }
  const share = progressOf(execution)
  return (
    <li className="tray-row">
      <button type="button" className="tray-open" onClick={() => goTo('execution', execution.id)}>
        <span className="tray-name">
          <b>{execution.name}</b>
          {share !== null && (
            <span
              className="tray-progress"
              role="progressbar"
              aria-valuenow={Math.round(share * 100)}
              aria-label="Progress"
            >
              <i style={{ width: `${share * 100}%` }} />
            </span>
          )}
        </span>
        <time title={formatInstant(execution.created)}>{formatTime(execution.created)}</time>
        <StatusTag status={execution.status} />
      </button>
      <IconButton label={`Delete ${execution.name}`} onClick={() => void remove()}>
        <Trash2 aria-hidden />
      </IconButton>
    </li>
  )
}

/** How much of a running execution is done: finished jobs, and what running ones say of themselves; null when it does not run. */
export function progressOf({ status, jobs }: Pick<Execution, 'status' | 'jobs'>): number | null {
  if (status !== 'running' || jobs.length === 0) return null
  const done = jobs.reduce((sum, job) => {
    if (job.status === 'success') return sum + 1
    const { progress } = job
    return job.status === 'running' && progress?.total ? sum + Math.min(1, progress.done / progress.total) : sum
  }, 0)
  return done / jobs.length
}
