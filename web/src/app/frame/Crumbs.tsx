import { House } from 'lucide-react'
import { Fragment } from 'react'
import { formatCount } from '@/lib/format'
import { screenPath } from '@/lib/router'
import { usePipeline } from '@/ui/project'
import { Link, useCrumbs, useProjectRoute } from '@/ui/route'

/** The second breadcrumb: HOME / train / train_execution / job, by the way one came. */
export function Crumbs() {
  const route = useProjectRoute()
  const { trail, current } = useCrumbs()
  return (
    <nav className="crumbs" aria-label="Breadcrumb">
      <Link to={screenPath(route, 'pipelines')} className="crumbs-home">
        <House aria-hidden />
        HOME
      </Link>
      {trail.map((crumb, index) => (
        <Fragment key={crumb.path}>
          <span aria-hidden>/</span>
          <Link to={crumb.path} trail={trail.slice(0, index)}>
            {crumb.label}
          </Link>
        </Fragment>
      ))}
      {current !== null && (
        <>
          <span aria-hidden>/</span>
          <b aria-current="page">{current.label}</b>
        </>
      )}
      <span className="spacer" />
      {route.screen === 'pipeline' && route.record !== null && <NodeCount pipeline={route.record} />}
    </nav>
  )
}

function NodeCount({ pipeline }: { pipeline: string }) {
  const graph = usePipeline(pipeline)
  return graph === null ? null : <span className="num">{formatCount(graph.nodes.length, 'node')}</span>
}
