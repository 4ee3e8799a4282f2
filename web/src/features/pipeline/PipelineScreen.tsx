/** Finds the pipeline that the address names; says so when it is not there (any more). */
import { Button } from '@/ui/Button'
import { EmptyState } from '@/ui/EmptyState'
import { useDocument, usePipeline } from '@/ui/project'
import { goTo, useProjectRoute } from '@/ui/route'
import { Skeleton } from '@/ui/Skeleton'
import { PipelineEditor } from './PipelineEditor'

export function PipelineScreen() {
  const { record } = useProjectRoute()
  const pipeline = usePipeline(record)
  const { loaded } = useDocument()
  if (pipeline !== null) return <PipelineEditor key={pipeline.pipeline.id} pipeline={pipeline} />
  if (!loaded) return <Skeleton shape="graph" />
  return (
    <EmptyState title="This pipeline is not there" text="Somebody may have deleted it; who did can undo that.">
      <Button onClick={() => goTo('pipelines')}>Show all pipelines</Button>
    </EmptyState>
  )
}
