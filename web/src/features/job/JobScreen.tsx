/** One job: what it prints, draws, runs, takes and gives. */
import { RotateCcw, Server, Square } from 'lucide-react'
import { restartExecution, stopExecution } from '@/api/calls'
import type { Execution, Job, Status } from '@/api/types'
import { elapsed, formatDuration } from '@/lib/format'
import { screenPath } from '@/lib/router'
import { ActionButton } from '@/ui/ActionButton'
import { useNow } from '@/ui/clock'
import { EmptyState } from '@/ui/EmptyState'
import { attempt } from '@/ui/notifications'
import { useJob, useListed } from '@/ui/project'
import { goTo, setQuery, useCrumb, useProjectRoute } from '@/ui/route'
import { Skeleton } from '@/ui/Skeleton'
import { StatusTag } from '@/ui/StatusTag'
import { Tabs } from '@/ui/tabs/Tabs'
import { CodePane } from './CodePane'
import { ConsolePane } from './ConsolePane'
import type { CodePlace } from './console/places'
import { DataPane } from './DataPane'
import { FiguresPane } from './FiguresPane'
import type { JobState } from './feed'
import './job.css'
import { useJobFeed } from './useJobFeed'

const TABS = [
  { id: 'console', label: 'Console' },
  { id: 'code', label: 'Code' },
  { id: 'data', label: 'Inputs and outputs' },
]

export default function JobScreen() {
  const { record } = useProjectRoute()
  const found = useJob(record)
  const listed = useListed()
  if (found !== null) return <JobView {...found} />
  if (!listed) return <Skeleton shape="panes" />
  return (
    <EmptyState
      title="This job is gone"
      text="Its execution was deleted."
      action={{ label: 'All executions', run: () => goTo('executions') }}
    />
  )
}

function JobView({ job, execution }: { readonly job: Job; readonly execution: Execution }) {
  const route = useProjectRoute()
  useCrumb(`${job.name} job`, [
    { label: execution.pipeline_name, path: screenPath(route, 'pipeline', execution.pipeline) },
    { label: execution.name, path: screenPath(route, 'execution', execution.id) },
  ])
  const state = useJobFeed(job.id)
  const tab = TABS.some(({ id }) => id === route.query.tab) ? (route.query.tab ?? 'console') : 'console'
  const place: CodePlace = { path: route.query.file ?? '', line: Number(route.query.line ?? 0) }
  const openPlace = ({ path, line }: CodePlace) =>
    setQuery({ tab: 'code', file: path, line: line > 0 ? String(line) : null })
  const live = job.status === 'running'
  return (
    <div className="job">
      <Head job={job} state={state} />
      <div className="job-panes">
        <div className="job-left">
          <Tabs label="Job" tabs={TABS} open={tab} onOpen={(id) => setQuery({ tab: id, file: null, line: null })}>
            {tab === 'console' && <ConsolePane job={job.id} name={job.name} state={state} onOpen={openPlace} />}
            {tab === 'code' && <CodePane job={job.id} open={place} onOpen={openPlace} />}
            {tab === 'data' && <DataPane job={job} execution={execution} />}
          </Tabs>
        </div>
        <FiguresPane job={job.id} state={state} live={live} />
      </div>
      <Action execution={execution} />
    </div>
  )
}

function Head({ job, state }: { readonly job: Job; readonly state: JobState }) {
  const now = useNow(job.status === 'running')
  const duration = elapsed(job.started, job.ended, now)
  const progress = job.status === 'running' ? (state.progress ?? job.progress) : null
  const worker = job.attempts.at(-1)?.worker_name
  return (
    <header className="job-head">
      <h1>{job.name}</h1>
      <StatusTag status={job.status} cached={job.cached} outOfContact={job.out_of_contact} />
      {progress !== null && <ProgressBar label={progress.label} done={progress.done} total={progress.total} />}
      {duration !== null && <span className="job-duration">{formatDuration(duration)}</span>}
      {job.cause && (
        <p className="job-cause" data-status={job.status} title={job.cause.hint}>
          {job.cause.message}
          {job.cause.file && ` (${job.cause.file}${job.cause.line ? `:${job.cause.line}` : ''})`}
        </p>
      )}
      {worker && (
        <span className="job-worker">
          <Server /> {worker}
        </span>
      )}
    </header>
  )
}

interface ProgressProps {
  readonly label: string
  readonly done: number
  readonly total: number | null
}

function ProgressBar({ label, done, total }: ProgressProps) {
  if (total === null || total === 0) return <span className="job-duration">{`${label} ${done}`.trim()}</span>
  const percent = Math.min(100, Math.round((100 * done) / total))
  return (
    <span className="job-progress">
      <progress value={done} max={total} aria-label={label || 'Progress'} />
      <b>{percent} %</b> {label && `${label} ${done} of ${total}`}
    </span>
  )
}

function Action({ execution }: { readonly execution: Execution }) {
  if (isFinal(execution.status)) {
    const run = () =>
      void attempt('Not restarted', async () => goTo('execution', (await restartExecution(execution.id)).id))
    return <ActionButton primary={{ label: 'Restart execution', icon: <RotateCcw />, run }} />
  }
  const run = () => void attempt('Not stopped', () => stopExecution(execution.id))
  return <ActionButton primary={{ label: 'Stop execution', icon: <Square />, kind: 'stop', run }} />
}

function isFinal(status: Status): boolean {
  return status === 'success' || status === 'failed' || status === 'canceled'
}
