import { useQueries } from '@tanstack/react-query'
import { useMemo } from 'react'
import { getFeedback, getLine } from '@/api/calls'
import type { Execution, Feedback } from '@/api/types'
import type { JobId } from '@/lib/ids'
import type { ChartSeries } from '@/ui/chart/plot'
import { type Points, unpack } from '@/ui/chart/points'
import { type CurveGroup, groupCurves, seriesOf } from './curves'

const REFRESH = 1000
const BUCKETS = 1000

/** The graphs of the executions; refreshed each second while one of them runs. */
export function useCurveGroups(executions: readonly Execution[]): readonly CurveGroup[] {
  const jobs = executions.flatMap((execution) =>
    execution.jobs.filter(({ status }) => status !== 'pending' && status !== 'queued'),
  )
  const feedback = useQueries({
    queries: jobs.map(({ id, status }) => ({
      queryKey: ['feedback', id, status],
      queryFn: () => getFeedback(id),
      refetchInterval: status === 'running' ? REFRESH : false,
      staleTime: status === 'running' ? 0 : Number.POSITIVE_INFINITY,
    })),
    combine: (answers) => new Map(answers.flatMap(({ data }): [JobId, Feedback][] => (data ? [[data.job, data]] : []))),
  })
  return useMemo(() => groupCurves(executions, feedback), [executions, feedback])
}

/** The series of one graph with their points, fetched anew when a line has grown. */
export function useSeries(group: CurveGroup | undefined): readonly ChartSeries[] {
  const curves = group?.curves ?? []
  const points = useQueries({
    queries: curves.map(({ job, line, count, key }) => ({
      queryKey: ['line', job, line, count],
      queryFn: async () => ({ key, points: unpack((await getLine(job, line, { buckets: BUCKETS })).points) }),
      staleTime: Number.POSITIVE_INFINITY,
      placeholderData: (before: { key: string; points: Points } | undefined) => before,
    })),
    combine: (answers) =>
      new Map(answers.flatMap(({ data }): [string, Points][] => (data ? [[data.key, data.points]] : []))),
  })
  return useMemo(() => (group === undefined ? [] : seriesOf(group, points)), [group, points])
}
