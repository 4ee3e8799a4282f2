/** Where an execution came from (I-196): pipeline, pinned version, who and when. A click leads to the pipeline, if it is still there. */
import type { Execution } from '@/api/types'
import { formatInstant, formatWhen } from '@/lib/format'
import { screenPath } from '@/lib/router'
import { useRecord } from '@/ui/project'
import { Link, useProjectRoute } from '@/ui/route'

export function Origin({ execution }: { execution: Execution }) {
  const route = useProjectRoute()
  const pipeline = useRecord('pipeline', execution.pipeline)
  const name =
    pipeline === null ? (
      `${execution.pipeline_name} (deleted)`
    ) : (
      <Link to={screenPath(route, 'pipeline', pipeline.id)}>{execution.pipeline_name}</Link>
    )
  return (
    <p className="execution-origin" title={formatInstant(execution.created)}>
      Created from {name}, version {execution.version}
      {execution.author !== '' && `, by ${execution.author}`}, {formatWhen(execution.created)}
    </p>
  )
}
