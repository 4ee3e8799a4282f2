import { ArrowDownAZ, ChevronDown, Clock, Plus, Sprout, User, Users } from 'lucide-react'
import { useEffect, useMemo, useState } from 'react'
import { useProjectChanges, useProjects, useSeeds } from '@/api/queries'
import type { Project } from '@/api/types'
import { Button } from '@/ui/Button'
import { EmptyState } from '@/ui/EmptyState'
import { ErrorState } from '@/ui/ErrorState'
import { SearchField } from '@/ui/Field'
import { Menu } from '@/ui/Menu'
import { useShortcuts } from '@/ui/route'
import { Skeleton } from '@/ui/Skeleton'
import { CreateDialog, type Start } from './CreateDialog'
import { ProjectRow } from './ProjectRow'
import './projects.css'

const ORDERS = {
  changed: {
    label: 'Last change',
    icon: <Clock />,
    compare: (a: Project, b: Project) => (a.changed < b.changed ? 1 : -1),
  },
  name: { label: 'Name', icon: <ArrowDownAZ />, compare: (a: Project, b: Project) => a.name.localeCompare(b.name) },
}

/** S-021: the projects, and *Create new…*. */
export function ProjectsScreen() {
  const { data: projects, error, refetch } = useProjects()
  const { data: seeds = [] } = useSeeds()
  const { rename } = useProjectChanges()
  const [wanted, setWanted] = useState('')
  const [order, setOrder] = useState<keyof typeof ORDERS>('changed')
  const [owner, setOwner] = useState<string | null>(null)
  const [start, setStart] = useState<Start | null>(null)
  const create = useMemo(() => () => setStart({ kind: 'seed', seed: null }), [])
  useTitle()
  useShortcuts(
    useMemo(() => [{ keys: 'Shift+Enter', label: 'Create a project', group: 'This screen', run: create }], [create]),
  )
  const shown = useMemo(
    () =>
      (projects ?? [])
        .filter((project) => owner === null || project.owner === owner)
        .filter((project) => `${project.name} ${project.owner}`.toLowerCase().includes(wanted.trim().toLowerCase()))
        .sort(ORDERS[order].compare),
    [projects, wanted, order, owner],
  )
  if (projects === undefined) {
    return error ? (
      <ErrorState title="The projects cannot be listed" error={error} onRetry={() => void refetch()} />
    ) : (
      <div className="projects">
        <Skeleton shape="table" />
      </div>
    )
  }
  return (
    <div className="projects">
      <div className="projects-head">
        <h1>Projects</h1>
        <span className="chip">{projects.length}</span>
        <span className="spacer" />
        <SearchField label="Find a project" value={wanted} onChange={setWanted} />
        <OwnerMenu projects={projects} owner={owner} onChoose={setOwner} />
        <Menu
          position="bottom-end"
          entries={Object.entries(ORDERS).map(([key, { label, icon }]) => ({
            label,
            icon,
            checked: key === order,
            run: () => setOrder(key as keyof typeof ORDERS),
          }))}
        >
          <Button>
            {ORDERS[order].label}
            <ChevronDown />
          </Button>
        </Menu>
        <Button kind="primary" icon={<Plus />} onClick={create}>
          Create new…
        </Button>
      </div>
      {projects.length === 0 ? (
        <div className="card projects-empty">
          <EmptyState
            title="No projects yet"
            text="Create one from a seed: a small working example to look at, run and change."
          >
            <Button kind="primary" icon={<Plus />} onClick={create}>
              Create new…
            </Button>
            {seeds.some(({ name }) => name === 'digits') && (
              <Button icon={<Sprout />} onClick={() => setStart({ kind: 'seed', seed: 'digits' })}>
                Start with digits
              </Button>
            )}
          </EmptyState>
        </div>
      ) : (
        <div className="card projects-card">
          <table className="table projects-table">
            <thead>
              <tr>
                <th colSpan={2}>Project</th>
                <th>Last change</th>
                <th>Owner</th>
                <th>Executions</th>
                <th>
                  <span className="visually-hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((project) => (
                <ProjectRow
                  key={project.id}
                  project={project}
                  thumbnail={seeds.find(({ name }) => name === project.seed)?.thumbnail ?? null}
                  taken={(name) => projects.some((other) => other.id !== project.id && other.name === name)}
                  onRename={(name) => rename.mutateAsync({ id: project.id, name })}
                  onDuplicate={() => setStart({ kind: 'copy', project })}
                />
              ))}
              {shown.length === 0 && (
                <tr>
                  <td colSpan={6} className="t3">
                    No project matches{wanted.trim() !== '' && ` “${wanted}”`}.
                  </td>
                </tr>
              )}
            </tbody>
          </table>
        </div>
      )}
      {start !== null && (
        <CreateDialog start={start} projects={projects} seeds={seeds} onClose={() => setStart(null)} />
      )}
    </div>
  )
}

/** I-028: only the projects of one owner, where there are several. */
function OwnerMenu({
  projects,
  owner,
  onChoose,
}: {
  projects: readonly Project[]
  owner: string | null
  onChoose: (owner: string | null) => void
}) {
  const owners = [...new Set(projects.map((project) => project.owner))].sort()
  if (owners.length < 2) return null
  return (
    <Menu
      position="bottom-end"
      entries={[
        { label: 'All owners', icon: <Users />, checked: owner === null, run: () => onChoose(null) },
        'line',
        ...owners.map((name) => ({ label: name, icon: <User />, checked: name === owner, run: () => onChoose(name) })),
      ]}
    >
      <Button>
        {owner ?? 'All owners'}
        <ChevronDown />
      </Button>
    </Menu>
  )
}

function useTitle(): void {
  useEffect(() => {
    document.title = 'Projects · DeepForge'
  }, [])
}
