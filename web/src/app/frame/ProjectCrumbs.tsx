import { ChevronDown, ChevronRight, FolderOpen, GitBranch, LayoutGrid } from 'lucide-react'
import { useProjects } from '@/api/queries'
import { screenPath } from '@/lib/router'
import { Menu } from '@/ui/Menu'
import { useProjectState } from '@/ui/project'
import { navigate, useProjectRoute } from '@/ui/route'

/** project > branch, each a menu. */
export function ProjectCrumbs() {
  const { project, branch } = useProjectRoute()
  const { data: projects = [] } = useProjects()
  const name = useProjectState((state) => state.name)
  const listed = projects.find(({ id }) => id === project)
  const unknown = useProjectState(({ connection }) => connection.kind === 'ended') && listed === undefined
  const branches = listed?.branches ?? [{ name: branch, version: 0 }]
  const open = (id: string, of: string) => navigate(screenPath({ project: id, branch: of }, 'pipelines'))
  return (
    <nav className="header-crumbs" aria-label="Project and branch">
      <ChevronRight aria-hidden />
      <Menu
        entries={[
          { label: 'All projects', icon: <LayoutGrid />, run: () => navigate('/') },
          'line',
          ...projects.slice(0, 12).map((other) => ({
            label: other.name,
            icon: <FolderOpen />,
            checked: other.id === project,
            run: () => open(other.id, other.branches[0]?.name ?? 'main'),
          })),
        ]}
      >
        <button type="button">
          <span className="ellipsis">{name || (listed?.name ?? (unknown ? 'Unknown project' : '…'))}</span>
          <ChevronDown aria-hidden />
        </button>
      </Menu>
      <ChevronRight aria-hidden />
      <Menu
        entries={branches.map((other) => ({
          label: other.name,
          icon: <GitBranch />,
          checked: other.name === branch,
          run: () => open(project, other.name),
        }))}
      >
        <button type="button">
          <GitBranch aria-hidden />
          {branch}
          <ChevronDown aria-hidden />
        </button>
      </Menu>
    </nav>
  )
}
