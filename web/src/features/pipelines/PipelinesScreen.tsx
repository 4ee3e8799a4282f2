import { ArrowDownAZ, ChevronDown, Clock, Plus } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { Execution, Pipeline } from '@/api/types'
import { ActionButton } from '@/ui/ActionButton'
import { Button } from '@/ui/Button'
import { EmptyState } from '@/ui/EmptyState'
import { SearchField } from '@/ui/Field'
import { Menu } from '@/ui/Menu'
import { useCommands, useExecutions, useRecords } from '@/ui/project'
import { goTo, useCrumb } from '@/ui/route'
import { PipelineCard } from './PipelineCard'
import './pipelines.css'

type Order = 'executed' | 'name'
const ORDERS: Record<Order, string> = { executed: 'Last executed', name: 'Name' }

/** S-024: the home of a project. */
export function PipelinesScreen() {
  useCrumb('Pipelines')
  const pipelines = useRecords('pipeline')
  const executions = useExecutions()
  const { addPipeline } = useCommands()
  const [wanted, setWanted] = useState('')
  const [order, setOrder] = useState<Order>('name')
  const byPipeline = useMemo(() => Map.groupBy(executions, ({ pipeline }) => pipeline), [executions])
  const shown = useMemo(
    () =>
      pipelines
        .filter(({ name }) => name.toLowerCase().includes(wanted.trim().toLowerCase()))
        .sort(order === 'name' ? byName : byExecution(byPipeline)),
    [pipelines, wanted, order, byPipeline],
  )
  const create = useMemo(
    () => ({
      label: 'New pipeline',
      icon: <Plus />,
      run: () => {
        const made = addPipeline('pipeline')
        if (made !== null) goTo('pipeline', made.id)
      },
    }),
    [addPipeline],
  )
  return (
    <div className="pipelines">
      <div className="pipelines-head">
        <h1>Pipelines</h1>
        <span className="chip">{pipelines.length}</span>
        <span className="spacer" />
        {pipelines.length > 0 && (
          <>
            <SearchField label="Find a pipeline" value={wanted} onChange={setWanted} width={232} />
            <Menu
              position="bottom-end"
              entries={[
                {
                  label: ORDERS.executed,
                  icon: <Clock />,
                  checked: order === 'executed',
                  run: () => setOrder('executed'),
                },
                { label: ORDERS.name, icon: <ArrowDownAZ />, checked: order === 'name', run: () => setOrder('name') },
              ]}
            >
              <Button>
                {ORDERS[order]}
                <ChevronDown />
              </Button>
            </Menu>
          </>
        )}
      </div>
      {pipelines.length === 0 ? (
        <EmptyState
          title="No pipelines yet"
          text="A pipeline is a graph of operations: data flows down its wires."
          action={create}
        />
      ) : (
        <div className="pipelines-grid">
          {shown.map((pipeline) => (
            <PipelineCard key={pipeline.id} pipeline={pipeline} executions={byPipeline.get(pipeline.id) ?? NONE} />
          ))}
          {wanted.trim() === '' && (
            <button type="button" className="pipelines-new" onClick={create.run}>
              <Plus aria-hidden />
              <strong>New pipeline</strong>
              <span className="xs">an empty graph to draw in</span>
            </button>
          )}
          {shown.length === 0 && <p className="t3">No pipeline matches “{wanted}”.</p>}
        </div>
      )}
      <ActionButton primary={create} />
    </div>
  )
}

const NONE: readonly Execution[] = []

function byName(a: Pipeline, b: Pipeline): number {
  return a.name.localeCompare(b.name)
}

function byExecution(executions: ReadonlyMap<string, readonly Execution[]>) {
  const last = ({ id }: Pipeline) => executions.get(id)?.[0]?.created ?? ''
  return (a: Pipeline, b: Pipeline) => (last(a) === last(b) ? byName(a, b) : last(a) < last(b) ? 1 : -1)
}
