/** The screens of architectures: all of them, or the one that the address names. */

import { Button } from '@/ui/Button'
import { EmptyState } from '@/ui/EmptyState'
import { useArchitecture, useDocument } from '@/ui/project'
import { goTo, useProjectRoute } from '@/ui/route'
import { Skeleton } from '@/ui/Skeleton'
import { ArchitectureList } from './ArchitectureList'
import { ArchitectureScreen } from './ArchitectureScreen'
import './architecture.css'

export default function Architectures() {
  const { screen, record } = useProjectRoute()
  return screen === 'architecture' ? <One id={record} /> : <ArchitectureList />
}

function One({ id }: { id: string | null }) {
  const graph = useArchitecture(id)
  const { loaded } = useDocument()
  if (graph !== null) return <ArchitectureScreen key={graph.architecture.id} graph={graph} />
  if (!loaded) return <Skeleton shape="graph" />
  return (
    <EmptyState title="This architecture is not there" text="Somebody may have deleted it; who did can undo that.">
      <Button onClick={() => goTo('architectures')}>Show all architectures</Button>
    </EmptyState>
  )
}
