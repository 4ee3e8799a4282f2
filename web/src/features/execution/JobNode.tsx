/** A node of an execution: name, status with icon and word, live duration and progress. */
import { LogIn, LogOut } from 'lucide-react'
import { useNow } from '@/ui/clock'
import { StatusIcon } from './StatusIcon'
import { type Shown, shareOf, statusLine } from './view'

export function JobNode({ shown }: { shown: Shown }) {
  const { name, status, job, node } = shown
  const now = useNow(status === 'running')
  const share = job !== null && status === 'running' ? shareOf(job) : null
  return (
    <div className="job-node" data-status={status} data-cached={job?.cached || undefined}>
      <b>
        {node.target.kind === 'input' && <LogIn size={14} strokeWidth={2} aria-hidden />}
        {node.target.kind === 'output' && <LogOut size={14} strokeWidth={2} aria-hidden />}
        <span>{name}</span>
      </b>
      <small>
        <StatusIcon status={status} />
        {statusLine(shown, now)}
      </small>
      {share !== null && (
        <i className="job-node-progress">
          <i style={{ width: `${share * 100}%` }} />
        </i>
      )}
      {job?.cached && <em>cached</em>}
    </div>
  )
}
