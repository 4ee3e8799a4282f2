/** Finds the pipeline that the address names; says so when it is not there (any more). */
import { useDocument, usePipeline } from '@/ui/project'
import { goTo, useProjectRoute } from '@/ui/route'
import { PipelineEditor } from './PipelineEditor'

export function PipelineScreen() {
  const { record } = useProjectRoute()
  const pipeline = usePipeline(record)
  const { loaded } = useDocument()
  if (pipeline !== null) return <PipelineEditor key={pipeline.pipeline.id} pipeline={pipeline} />
  if (!loaded) return <div className="pipeline" aria-busy="true" />
  return (
    <div className="pipeline-empty" role="alert">
      <p>This pipeline does not exist any more.</p>
      <button type="button" onClick={() => goTo('pipelines')}>
        Show all pipelines
      </button>
      <small>Somebody may have deleted it; undo brings it back.</small>
    </div>
  )
}
