/** The side panel: what the selected job does now. */
import { Box, Server, SquareTerminal, X } from 'lucide-react'
import { type ReactNode, useMemo, useSyncExternalStore } from 'react'
import { getLine } from '@/api/calls'
import type { Job } from '@/api/types'
import { elapsed, formatBytes, formatDuration, formatInstant } from '@/lib/format'
import { Button } from '@/ui/Button'
import type { GraphFeed } from '@/ui/chart/feeds'
import { LineChart } from '@/ui/chart/LineChart'
import { useNow } from '@/ui/clock'
import { IconButton } from '@/ui/IconButton'
import { useWatch } from '@/ui/project'
import { goTo } from '@/ui/route'
import { StatusTag } from '@/ui/StatusTag'
import { Place } from './FailureBubble'
import { Pulse } from './pulse'
import { type Shown, secondsLeft, shareOf } from './view'

export function JobPanel({ shown, onClose }: { shown: Shown; onClose: () => void }) {
  const { job, name, status } = shown
  return (
    <aside className="job-panel" aria-label={`Job ${name}`}>
      <header>
        <h2>{name}</h2>
        {job !== null && <StatusTag status={status} cached={job.cached} outOfContact={job.out_of_contact} />}
        <span className="spacer" />
        <IconButton label="Close" keys="Escape" onClick={onClose}>
          <X aria-hidden />
        </IconButton>
      </header>
      {job === null ? <ArtifactPart shown={shown} /> : <JobPart key={job.id} job={job} />}
    </aside>
  )
}

function JobPart({ job }: { job: Job }) {
  const pulse = useMemo(() => new Pulse((line) => getLine(job.id, line, { buckets: 400 })), [job.id])
  useWatch(job.id, pulse)
  const { tail, graph } = useSyncExternalStore(pulse.subscribe, pulse.current)
  return (
    <>
      <Progress job={job} />
      <Facts job={job} />
      {job.cause !== null && job.status === 'failed' && <Cause job={job} />}
      {graph !== null && <GraphPart graph={graph} live={job.status === 'running'} />}
      <section>
        {tail.length > 0 && (
          <>
            <div className="panel-label">Last lines</div>
            <pre className="panel-tail">{tail.join('\n')}</pre>
          </>
        )}
        <Button icon={<SquareTerminal aria-hidden />} onClick={() => goTo('job', job.id)}>
          Open job
        </Button>
      </section>
    </>
  )
}

function Progress({ job }: { job: Job }) {
  const now = useNow(job.status === 'running')
  const { progress } = job
  const share = shareOf(job)
  if (job.status !== 'running' || progress === null) return null
  const left = secondsLeft(job, now)
  return (
    <section className="panel-progress">
      <div>
        <span>
          {progress.label} {progress.done}
          {progress.total !== null && ` of ${progress.total}`}
        </span>
        {left !== null && <span>about {formatDuration(Math.max(1, Math.round(left)))} left</span>}
      </div>
      {share !== null && (
        <div
          className="panel-bar"
          role="progressbar"
          aria-valuenow={Math.round(share * 100)}
          aria-label={progress.label}
        >
          <i style={{ width: `${share * 100}%` }} />
        </div>
      )}
    </section>
  )
}

function Facts({ job }: { job: Job }) {
  const now = useNow(job.status === 'running')
  const attempt = job.attempts.at(-1)
  const seconds = elapsed(job.started, job.ended, now)
  const facts: [string, ReactNode][] = []
  if (job.started !== null) facts.push(['Started', formatInstant(job.started)])
  if (seconds !== null) facts.push(['Duration', formatDuration(seconds)])
  if (attempt !== undefined && attempt.worker_name !== '') {
    facts.push([
      'Worker',
      <span key="worker" className="panel-worker">
        <Server size={15} strokeWidth={1.75} aria-hidden />
        {attempt.worker_name}
      </span>,
    ])
  }
  if (attempt !== undefined) facts.push(['Attempt', `${attempt.number} of ${job.attempts.length}`])
  for (const output of job.outputs) facts.push([output.name, `${output.type}, ${formatBytes(output.blob.size)}`])
  if (facts.length === 0) return <section className="panel-note">{waitingSentence(job)}</section>
  return <FactList facts={facts} />
}

function waitingSentence({ status }: Job): string {
  if (status === 'queued') return 'It waits for a worker.'
  if (status === 'canceled') return 'It was canceled before it began.'
  return 'It begins when its inputs are there.'
}

function FactList({ facts }: { facts: readonly [string, ReactNode][] }) {
  return (
    <section>
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

function Cause({ job }: { job: Job }) {
  const { cause } = job
  if (cause === null) return null
  return (
    <section className="panel-cause">
      <code>{cause.message}</code>
      {cause.hint !== '' && <p>{cause.hint}</p>}
      <Place job={job.id} cause={cause} />
    </section>
  )
}

function GraphPart({ graph, live }: { graph: GraphFeed; live: boolean }) {
  const series = useMemo(
    () => graph.lines.map(({ line, name, points }) => ({ key: String(line), name, points, live })),
    [graph.lines, live],
  )
  return (
    <section>
      <div className="panel-graph-head">
        <b>{graph.name}</b>
        {live && <span className="panel-live">live</span>}
      </div>
      <div className="panel-graph">
        <LineChart title={graph.name} series={series} labels={{ x: graph.x, y: graph.y }} ended={!live} />
      </div>
    </section>
  )
}

/** An Input or Output node: the artifact that came in, or the name that it is saved under. */
function ArtifactPart({ shown: { node, artifact, status } }: { shown: Shown }) {
  const facts: [string, ReactNode][] =
    artifact !== null
      ? [
          ['Artifact', artifact.name],
          ['Type', artifact.type],
          ['Size', formatBytes(artifact.blob.size)],
        ]
      : node.target.kind === 'output'
        ? [
            ['Saves as', node.target.name],
            ['State', status === 'success' ? 'saved' : status === 'canceled' ? 'not saved' : 'not yet saved'],
          ]
        : []
  return (
    <>
      <FactList facts={facts} />
      <section>
        <Button icon={<Box aria-hidden />} onClick={() => goTo('artifacts')}>
          Show artifacts
        </Button>
      </section>
    </>
  )
}
