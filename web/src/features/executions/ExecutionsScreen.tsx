/** All executions of the project; those that are checked are compared beside the list. */
import { useMemo, useState } from 'react'
import type { Execution } from '@/api/types'
import { EmptyState } from '@/ui/EmptyState'
import { SearchField } from '@/ui/Field'
import { useExecutions, useListed } from '@/ui/project'
import { goTo, setQuery, useCrumb, useProjectRoute } from '@/ui/route'
import { Skeleton } from '@/ui/Skeleton'
import { ComparePane } from './ComparePane'
import { lineOf } from './curves'
import { ExecutionTable } from './ExecutionTable'
import { useCurveGroups } from './useCurves'
import './executions.css'

export default function ExecutionsScreen() {
  useCrumb('Executions')
  const executions = useExecutions()
  const listed = useListed()
  const { query } = useProjectRoute()
  const [wanted, setWanted] = useState('')
  const shown = useMemo(() => executions.filter((execution) => fits(execution, wanted)), [executions, wanted])
  const checked = useMemo(() => checkedOf(executions, query.checked), [executions, query.checked])
  const groups = useCurveGroups(checked)
  const [open, setOpen] = useState<string | null>(null)
  const group = groups.find(({ name }) => name === open) ?? groups[0]
  const lines = useMemo(() => lineOf(group), [group])
  const check = (ids: readonly string[]) => setQuery({ checked: ids.length === 0 ? 'none' : ids.join(',') })
  if (!listed) return <Skeleton shape="table" />
  if (executions.length === 0) {
    return (
      <EmptyState
        title="No executions yet"
        text="Open a pipeline and execute it: what runs shows here, and what ran can be compared."
        action={{ label: 'Open the pipelines', run: () => goTo('pipelines') }}
      />
    )
  }
  return (
    <div className="executions">
      <section className="executions-list">
        <header>
          <h1>Executions</h1>
          <span className="chip">{executions.length}</span>
          <span className="spacer" />
          <SearchField label="Name, pipeline or status" value={wanted} onChange={setWanted} />
        </header>
        <ExecutionTable executions={shown} checked={checked} lines={lines} onCheck={check} />
        {shown.length === 0 && (
          <p className="executions-none">Nothing here has “{wanted}” in its name, pipeline or status.</p>
        )}
      </section>
      <ComparePane executions={checked} groups={groups} group={group} onOpen={setOpen} />
    </div>
  )
}

/** What the address says; at first the running ones, or the newest (I-193). */
function checkedOf(executions: readonly Execution[], query: string | undefined): readonly Execution[] {
  if (query !== undefined) {
    const ids = query.split(',')
    return executions.filter(({ id }) => ids.includes(id))
  }
  const running = executions.filter(({ status }) => status === 'running')
  return running.length > 0 ? running : executions.slice(0, 1)
}

function fits({ name, pipeline_name, status }: Execution, wanted: string): boolean {
  return [name, pipeline_name, status].some((text) => text.toLowerCase().includes(wanted.trim().toLowerCase()))
}
