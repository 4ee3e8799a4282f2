/** The Execution screen (S-044, S-190): the pinned pipeline's graph with the state of every job, live. */
import { RotateCcw, Square } from 'lucide-react'
import { type ReactNode, useCallback, useMemo } from 'react'
import { restartExecution, stopExecution } from '@/api/calls'
import { useSnapshot } from '@/api/queries'
import type { Execution, Snapshot } from '@/api/types'
import { GraphCanvas } from '@/graph/GraphCanvas'
import type { GraphNode } from '@/graph/model'
import { elapsed, formatDuration } from '@/lib/format'
import { screenPath } from '@/lib/router'
import { type Action, ActionButton } from '@/ui/ActionButton'
import { Button } from '@/ui/Button'
import { useNow } from '@/ui/clock'
import { EmptyState } from '@/ui/EmptyState'
import { ErrorState } from '@/ui/ErrorState'
import { attempt } from '@/ui/notifications'
import { useExecution, useListed, useProjectClient } from '@/ui/project'
import { goTo, setSelection, useCrumb, useProjectRoute } from '@/ui/route'
import { Skeleton } from '@/ui/Skeleton'
import { StatusTag } from '@/ui/StatusTag'
import { FailureBubble } from './FailureBubble'
import { JobNode } from './JobNode'
import { JobPanel } from './JobPanel'
import { Origin } from './Origin'
import { canceledAfter, executionGraph, pinnedGraph, shownNodes, statusCounts } from './view'
import './execution.css'
import './panel.css'

export default function ExecutionScreen() {
  const { record } = useProjectRoute()
  const execution = useExecution(record)
  const listed = useListed()
  const snapshot = useSnapshot(record)
  if (execution === null) {
    if (!listed) return <Skeleton shape="graph" />
    return (
      <EmptyState title="This execution is not there" text="It may have been deleted. Its artifacts are kept.">
        <Button onClick={() => goTo('executions')}>Show all executions</Button>
      </EmptyState>
    )
  }
  if (snapshot.isError) {
    return (
      <ErrorState
        title="The execution's graph could not be fetched"
        error={snapshot.error}
        onRetry={() => void snapshot.refetch()}
      />
    )
  }
  return <Shell execution={execution} snapshot={snapshot.data ?? null} />
}

function Shell({ execution, snapshot }: { execution: Execution; snapshot: Snapshot | null }) {
  const route = useProjectRoute()
  useCrumb(execution.name, [
    { label: execution.pipeline_name, path: screenPath(route, 'pipeline', execution.pipeline) },
  ])
  return (
    <div className="execution">
      <Header execution={execution} />
      {snapshot === null ? (
        <Skeleton shape="graph" />
      ) : (
        <Live key={execution.id} execution={execution} snapshot={snapshot} />
      )}
    </div>
  )
}

function Header({ execution }: { execution: Execution }) {
  const now = useNow(execution.status === 'running')
  const seconds = elapsed(execution.started, execution.ended, now)
  return (
    <header className="execution-head">
      <h1>{execution.name}</h1>
      <StatusTag status={execution.status} />
      {execution.stopping && execution.ended === null && <span className="t2">stopping</span>}
      {seconds !== null && <span className="num t2">{formatDuration(seconds)}</span>}
      {execution.cause !== '' && (
        <span className="execution-cause" data-status={execution.status} title={execution.cause}>
          {execution.cause}
        </span>
      )}
      <span className="spacer" />
      <ul className="execution-counts" aria-label="Jobs by status">
        {statusCounts(execution.jobs).map(({ status, count }) => (
          <li key={status}>
            <i style={{ background: `var(--status-${status})` }} />
            {count} {status}
          </li>
        ))}
      </ul>
    </header>
  )
}

function Live({ execution, snapshot }: { execution: Execution; snapshot: Snapshot }) {
  const { selection } = useProjectRoute()
  const client = useProjectClient()
  const shown = useMemo(() => shownNodes(snapshot, execution), [snapshot, execution])
  const graph = useMemo(() => executionGraph(snapshot, shown), [snapshot, shown])
  const present = useMemo(() => selection.filter((id) => shown.has(id)).slice(-1), [selection, shown])
  const selected = shown.get(present[0] ?? '') ?? null
  const restart = useCallback(
    () =>
      void attempt(`${execution.name} was not restarted`, async () => {
        const again = await restartExecution(execution.id)
        client.remember({ execution: again })
        goTo('execution', again.id)
      }),
    [execution.id, execution.name, client],
  )
  // The panel says of the selected job what its bubble would.
  const bubbles = useMemo(() => failures(snapshot, shown, present, restart), [snapshot, shown, present, restart])
  const renderNode = useCallback(
    ({ id }: GraphNode): ReactNode => {
      const state = shown.get(id)
      return state === undefined ? null : <JobNode shown={state} />
    },
    [shown],
  )
  const open = useCallback(
    (id: string) => {
      const job = shown.get(id)?.job
      if (job) goTo('job', job.id)
    },
    [shown],
  )
  return (
    <div className="execution-main">
      <div className="execution-canvas">
        <GraphCanvas
          label={`Execution ${execution.name}`}
          graph={graph}
          selection={present}
          onSelect={setSelection}
          renderNode={renderNode}
          bubbles={bubbles}
          onOpen={open}
        >
          <Origin execution={execution} />
          <RunButton execution={execution} restart={restart} />
        </GraphCanvas>
      </div>
      {selected !== null && <JobPanel shown={selected} onClose={() => setSelection([])} />}
    </div>
  )
}

function RunButton({ execution, restart }: { execution: Execution; restart: () => void }) {
  const { id, name, status, stopping } = execution
  const ended = status === 'success' || status === 'failed' || status === 'canceled'
  const primary = useMemo(
    (): Action =>
      ended
        ? { label: 'Restart execution', icon: <RotateCcw aria-hidden />, run: restart }
        : {
            label: 'Stop execution',
            icon: <Square aria-hidden />,
            kind: 'stop',
            blocked: stopping ? 'It is being stopped' : undefined,
            run: () => void attempt(`${name} was not stopped`, () => stopExecution(id)),
          },
    [ended, restart, stopping, name, id],
  )
  return <ActionButton primary={primary} />
}

function failures(
  snapshot: Snapshot,
  shown: ReturnType<typeof shownNodes>,
  selection: readonly string[],
  restart: () => void,
): ReadonlyMap<string, ReactNode> {
  const { wires } = pinnedGraph(snapshot)
  const bubbles = new Map<string, ReactNode>()
  for (const [id, { job }] of shown) {
    if (job?.status !== 'failed' || selection.includes(id)) continue
    bubbles.set(id, <FailureBubble job={job} canceled={canceledAfter(id, wires, shown)} onRestart={restart} />)
  }
  return bubbles
}
