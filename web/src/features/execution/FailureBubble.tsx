/** Why a job failed, beside its node: the cause, its place in the code, what was canceled with it. */
import { CircleX, RotateCcw, SquareTerminal } from 'lucide-react'
import type { Job } from '@/api/types'
import { Button } from '@/ui/Button'
import { goTo } from '@/ui/route'
import { Calls } from './Calls'
import { openCode } from './openCode'
import { ownFrames } from './traceback'

interface FailureProps {
  readonly job: Job
  readonly canceled: readonly string[]
  readonly onRestart: () => void
}

export function FailureBubble({ job, canceled, onRestart }: FailureProps) {
  const { cause } = job
  return (
    <div className="failure">
      <div className="failure-text">
        <b>
          <CircleX size={17} strokeWidth={2} aria-hidden />
          {job.name} failed
        </b>
        {cause !== null && <code className="failure-cause">{cause.message}</code>}
        {cause !== null && cause.hint !== '' && <p className="failure-hint">{cause.hint}</p>}
        {cause !== null && <Place job={job.id} cause={cause} />}
        {canceled.length > 0 && <p>{canceledSentence(canceled)}</p>}
      </div>
      <div className="failure-actions">
        <Button size="sm" icon={<SquareTerminal aria-hidden />} onClick={() => goTo('job', job.id)}>
          Open job
        </Button>
        <Button size="sm" icon={<RotateCcw aria-hidden />} onClick={onRestart}>
          Restart
        </Button>
      </div>
    </div>
  )
}

/** Where it was: the calls of the traceback, or only the place where there is none. */
export function Place({ job, cause }: { job: string; cause: NonNullable<Job['cause']> }) {
  if (ownFrames(cause.traceback).length > 0) return <Calls job={job} traceback={cause.traceback} />
  if (cause.file === '') return null
  return (
    <button type="button" className="failure-place" onClick={() => openCode(job, cause.file, cause.line)}>
      {cause.file.split('/').at(-1)}
      {cause.line !== null && `:${cause.line}`}
    </button>
  )
}

function canceledSentence(names: readonly string[]): string {
  const [first] = names
  if (names.length === 1) return `${first} was canceled: its input will not come.`
  const shown = names.slice(0, 3).join(', ')
  const more = names.length > 3 ? ` and ${names.length - 3} more` : ''
  return `${shown}${more} were canceled: their inputs will not come.`
}
