/** All architectures of the project as cards with a drawn thumbnail. */
import { useMemo } from 'react'
import { useCatalogue } from '@/api/queries'
import type { Architecture } from '@/api/types'
import { Thumbnail } from '@/graph/Thumbnail'
import { formatCount } from '@/lib/format'
import { screenPath } from '@/lib/router'
import { EmptyState } from '@/ui/EmptyState'
import { useArchitecture, useDocument, useRecords } from '@/ui/project'
import { Link, useCrumb, useProjectRoute } from '@/ui/route'
import { Skeleton } from '@/ui/Skeleton'
import { byName, colorOf, type Layers, layerInfo } from './view'

export function ArchitectureList() {
  useCrumb('Architectures')
  const architectures = useRecords('architecture')
  const { loaded } = useDocument()
  const catalogue = useCatalogue()
  const entries = useMemo(() => byName(catalogue.data), [catalogue.data])
  if (!loaded) return <Skeleton shape="cards" />
  if (architectures.length === 0) {
    return (
      <EmptyState
        title="No architectures yet"
        text="A project made from the seed digits or cifar10 has one to look at."
      />
    )
  }
  return (
    <div className="architectures">
      <header>
        <h1>Architectures</h1>
        <span className="chip">{architectures.length}</span>
      </header>
      <ul>
        {architectures.map((architecture) => (
          <li key={architecture.id}>
            <Card architecture={architecture} entries={entries} />
          </li>
        ))}
      </ul>
    </div>
  )
}

interface CardProps {
  readonly architecture: Architecture
  readonly entries: Layers
}

function Card({ architecture, entries }: CardProps) {
  const route = useProjectRoute()
  const graph = useArchitecture(architecture.id)
  const { records } = useDocument()
  const nodes = useMemo(
    () =>
      (graph?.layers ?? []).map((layer) => {
        const { title, category } = layerInfo(layer, records, entries)
        return { id: layer.id, color: colorOf(category), length: title.length }
      }),
    [graph, records, entries],
  )
  const wires = useMemo(() => graph?.links ?? [], [graph])
  return (
    <Link
      className="card architecture-card"
      to={screenPath(route, 'architecture', architecture.id)}
      trail={[{ label: 'Architectures', path: screenPath(route, 'architectures') }]}
    >
      <span className="dots architecture-picture">
        <Thumbnail nodes={nodes} wires={wires} width={264} height={168} />
      </span>
      <h2 title={architecture.name}>{architecture.name}</h2>
      <small>{formatCount(nodes.length, 'layer')}</small>
    </Link>
  )
}
