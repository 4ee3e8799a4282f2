import { useMemo, useSyncExternalStore } from 'react'
import { getLine } from '@/api/calls'
import type { JobId } from '@/lib/ids'
import { useWatch } from '@/ui/project'
import { JobFeed, type JobState } from './feed'

/** As many stretches of a line as a wide screen has columns. */
const BUCKETS = 2000

/** Everything that the job reports, as it comes; watched for as long as the component is shown. */
export function useJobFeed(job: JobId): JobState {
  const feed = useMemo(() => new JobFeed((line) => getLine(job, line, { buckets: BUCKETS })), [job])
  useWatch(job, feed)
  return useSyncExternalStore(feed.subscribe, feed.current)
}
