/** The lines of several executions, brought together by the name of their graph. */
import type { Execution, Feedback } from '@/api/types'
import type { JobId } from '@/lib/ids'
import type { ChartSeries } from '@/ui/chart/plot'
import { NO_POINTS, type Points } from '@/ui/chart/points'

export interface Curve {
  readonly key: string
  readonly execution: Execution
  readonly job: JobId
  readonly line: number
  readonly name: string
  readonly count: number
}

export interface CurveGroup {
  readonly name: string
  readonly x: string
  readonly y: string
  readonly curves: readonly Curve[]
}

/** Groups by graph name, in the order in which the graphs were first met; `feedback` is by job. */
export function groupCurves(
  executions: readonly Execution[],
  feedback: ReadonlyMap<JobId, Feedback>,
): readonly CurveGroup[] {
  const groups = new Map<string, { name: string; x: string; y: string; curves: Curve[] }>()
  for (const execution of executions) {
    for (const job of execution.jobs) {
      for (const graph of feedback.get(job.id)?.graphs ?? []) {
        const group = groups.get(graph.name) ?? { name: graph.name, x: graph.x, y: graph.y, curves: [] }
        groups.set(graph.name, group)
        for (const { line, name, count } of graph.lines) {
          group.curves.push({ key: `${job.id}/${line}`, execution, job: job.id, line, name, count })
        }
      }
    }
  }
  return [...groups.values()]
}

/** The series of a group; a line is called by its execution, and by its own name where an execution has several. */
export function seriesOf(group: CurveGroup, points: ReadonlyMap<string, Points>): ChartSeries[] {
  const several = new Set(
    group.curves.filter((one) =>
      group.curves.some((other) => other !== one && other.execution.id === one.execution.id),
    ),
  )
  return group.curves.map((curve) => ({
    key: curve.key,
    name: several.has(curve) ? `${curve.execution.name}: ${curve.name}` : curve.execution.name,
    points: points.get(curve.key) ?? NO_POINTS,
    live: curve.execution.status === 'running',
  }))
}

/** The place of each execution's line among those of its graph; of none where an execution has several. */
export function lineOf(group: CurveGroup | undefined): ReadonlyMap<string, number> {
  const lines = new Map((group?.curves ?? []).map(({ execution }, index): [string, number] => [execution.id, index]))
  return lines.size === (group?.curves.length ?? 0) ? lines : new Map()
}
