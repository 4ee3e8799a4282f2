import { CirclePlay, type LucideIcon, Network, Package, Workflow } from 'lucide-react'
import { type Screen, screenPath } from '@/lib/router'
import { Link, useProjectRoute } from '@/ui/route'
import { Tooltip } from '@/ui/Tooltip'
import { hasScreen } from '../screens'

interface Place {
  readonly screen: Screen
  readonly label: string
  readonly icon: LucideIcon
  /** Screens that belong to it. */
  readonly within: readonly Screen[]
}

const PLACES: readonly Place[] = [
  { screen: 'pipelines', label: 'Pipelines', icon: Workflow, within: ['pipelines', 'pipeline'] },
  { screen: 'executions', label: 'Executions', icon: CirclePlay, within: ['executions', 'execution', 'job'] },
  { screen: 'architectures', label: 'Architectures', icon: Network, within: ['architectures', 'architecture'] },
  { screen: 'artifacts', label: 'Artifacts', icon: Package, within: ['artifacts'] },
]

export function Rail() {
  const route = useProjectRoute()
  return (
    <nav className="rail" aria-label="Screens">
      {PLACES.filter(({ screen }) => hasScreen(screen)).map(({ screen, label, icon: Icon, within }) => {
        const on = within.includes(route.screen)
        return (
          <Tooltip key={screen} label={label} position="right">
            <Link
              to={screenPath(route, screen)}
              className={on ? 'on' : ''}
              aria-label={label}
              aria-current={route.screen === screen ? 'page' : on ? 'true' : undefined}
            >
              <Icon aria-hidden />
            </Link>
          </Tooltip>
        )
      })}
    </nav>
  )
}
