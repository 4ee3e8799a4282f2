/** The checked executions beside each other: their lines in one graph, their parameters in one table. */
import { useQueries } from '@tanstack/react-query'
import { useState } from 'react'
import { getSnapshot } from '@/api/calls'
import type { Execution } from '@/api/types'
import { LineChart } from '@/ui/chart/LineChart'
import { Tabs } from '@/ui/tabs/Tabs'
import { type CurveGroup, lineOf } from './curves'
import { ExecutionSwatch } from './ExecutionTable'
import { compareParameters, type ParameterRow } from './parameters'
import { useSeries } from './useCurves'

interface CompareProps {
  readonly executions: readonly Execution[]
  readonly groups: readonly CurveGroup[]
  /** The graph that is shown. */
  readonly group: CurveGroup | undefined
  readonly onOpen: (name: string) => void
}

export function ComparePane({ executions, groups, group, onOpen }: CompareProps) {
  if (executions.length === 0) {
    return (
      <aside className="compare compare-none" aria-label="Comparison">
        <h2>Nothing is checked</h2>
        <p>Check executions to see their lines in one graph and their parameters side by side.</p>
      </aside>
    )
  }
  return (
    <aside className="compare" aria-label="Comparison">
      <Curves executions={executions} groups={groups} group={group} onOpen={onOpen} />
      <Parameters executions={executions} lines={lineOf(group)} />
    </aside>
  )
}

function Curves({ executions, groups, group, onOpen }: CompareProps) {
  const [log, setLog] = useState(false)
  const series = useSeries(group)
  if (group === undefined) {
    return <p className="compare-note">{executions.length === 1 ? 'It has' : 'They have'} no graphs.</p>
  }
  return (
    <section className="compare-graph" aria-label="Graphs">
      <Tabs
        label="Graphs"
        tabs={groups.map(({ name }) => ({ id: name, label: name }))}
        open={group.name}
        onOpen={onOpen}
        extra={
          <label className="compare-log">
            <input type="checkbox" checked={log} onChange={(event) => setLog(event.target.checked)} /> Log scale
          </label>
        }
      >
        <LineChart
          title={group.name}
          series={series}
          labels={{ x: group.x, y: group.y }}
          log={log}
          ended={executions.every(({ ended }) => ended !== null)}
        />
      </Tabs>
    </section>
  )
}

interface ParametersProps {
  readonly executions: readonly Execution[]
  readonly lines: ReadonlyMap<string, number>
}

function Parameters({ executions, lines }: ParametersProps) {
  const [onlyDifferent, setOnlyDifferent] = useState(false)
  const snapshots = useQueries({
    queries: executions.map(({ id }) => ({
      queryKey: ['snapshot', id],
      queryFn: () => getSnapshot(id),
      staleTime: Number.POSITIVE_INFINITY,
    })),
    combine: (answers) => answers.map(({ data }) => data),
  })
  const rows = compareParameters(snapshots)
  const different = rows.filter(({ differs }) => differs.includes(true))
  const shown = onlyDifferent ? different : rows
  return (
    <section className="compare-parameters" aria-label="Parameters">
      <header>
        <h2>Parameters</h2>
        {executions.length > 1 && (
          <>
            <span>{different.length === 1 ? '1 differs' : `${different.length} differ`}</span>
            <label className="compare-log">
              <input
                type="checkbox"
                checked={onlyDifferent}
                onChange={(event) => setOnlyDifferent(event.target.checked)}
              />
              Only differences
            </label>
          </>
        )}
      </header>
      <div className="compare-scroll">
        <table>
          <thead>
            <tr>
              <th aria-label="Parameter" />
              {executions.map(({ id, name }) => (
                <th key={id}>
                  <ExecutionSwatch line={lines.get(id)} /> {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <Row key={row.name} row={row} executions={executions} />
            ))}
          </tbody>
        </table>
        {shown.length === 0 && (
          <p className="compare-note">{onlyDifferent ? 'All are the same.' : 'Nothing to set.'}</p>
        )}
      </div>
    </section>
  )
}

function Row({ row, executions }: { readonly row: ParameterRow; readonly executions: readonly Execution[] }) {
  return (
    <tr>
      <th scope="row">{row.name}</th>
      {executions.map(({ id }, index) => (
        <td key={id}>
          {row.differs[index] ? <mark>± {row.values[index] ?? 'none'}</mark> : (row.values[index] ?? '–')}
        </td>
      ))}
    </tr>
  )
}
