import { Copy, Ellipsis, LoaderCircle, Trash2 } from 'lucide-react'
import { useProjectChanges } from '@/api/queries'
import type { Project, Thumbnail } from '@/api/types'
import { formatCount, formatInstant, formatWhen } from '@/lib/format'
import { screenPath } from '@/lib/router'
import { ButtonLink } from '@/ui/Button'
import { confirm } from '@/ui/confirm'
import { InlineRename } from '@/ui/InlineRename'
import { Menu } from '@/ui/Menu'
import { attempt } from '@/ui/notifications'
import { Link } from '@/ui/route'
import { GraphThumbnail } from './GraphThumbnail'

export function ProjectRow({
  project,
  thumbnail,
  taken,
  onRename,
  onDuplicate,
}: {
  project: Project
  thumbnail: Thumbnail | null
  taken: (name: string) => boolean
  onRename: (name: string) => Promise<unknown>
  onDuplicate: () => void
}) {
  const { remove } = useProjectChanges()
  const { id, name, owner, changed, branches, pipelines, executions, running } = project
  const path = screenPath({ project: id, branch: branches[0]?.name ?? 'main' }, 'pipelines')
  const erase = async () => {
    const content = [
      ...(pipelines > 0 ? [formatCount(pipelines, 'pipeline')] : []),
      ...(executions > 0 ? [formatCount(executions, 'execution')] : []),
    ]
    const text = `Everything in it goes with it${content.length > 0 ? `: ${content.join(', ')}, all artifacts` : ''}. This cannot be taken back.`
    if (await confirm({ title: `Delete ${name}?`, text, action: 'Delete' })) {
      await attempt('Not deleted', () => remove.mutateAsync(id))
    }
  }
  return (
    <tr>
      <td className="projects-thumb-cell">
        <Link to={path} className="projects-thumb dots" tabIndex={-1} aria-hidden>
          {thumbnail && <GraphThumbnail thumbnail={thumbnail} width={72} height={40} />}
        </Link>
      </td>
      <td className="projects-name">
        <InlineRename
          value={name}
          label={`Rename ${name}`}
          problem={(wanted) => (taken(wanted) ? 'Another project has this name.' : null)}
          onRename={(wanted) => attempt('Not renamed', () => onRename(wanted))}
        >
          <Link to={path} className="projects-link ellipsis">
            {name}
          </Link>
        </InlineRename>
        <div className="xs t3">{formatCount(pipelines, 'pipeline')}</div>
      </td>
      <td className="num" title={formatInstant(changed)}>
        {formatWhen(changed)}
      </td>
      <td>{owner}</td>
      <td className="num">
        <span className="row">
          {formatCount(executions, 'execution')}
          {running > 0 && (
            <span className="tag tag-running">
              <LoaderCircle aria-hidden className="spin" />
              {running} running
            </span>
          )}
        </span>
      </td>
      <td className="projects-actions">
        <span className="row">
          <ButtonLink to={path} size="sm" aria-label={`Open ${name}`}>
            Open
          </ButtonLink>
          <Menu
            position="bottom-end"
            entries={[
              { label: 'Duplicate', icon: <Copy />, run: onDuplicate },
              { label: 'Delete…', icon: <Trash2 />, danger: true, run: () => void erase() },
            ]}
          >
            <button type="button" className="icon-btn" aria-label={`More for ${name}`}>
              <Ellipsis />
            </button>
          </Menu>
        </span>
      </td>
    </tr>
  )
}
