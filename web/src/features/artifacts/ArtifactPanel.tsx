import { Download, Trash2, X } from 'lucide-react'
import { artifactFile, renameArtifact } from '@/api/calls'
import type { Artifact } from '@/api/types'
import { formatBytes, formatInstant } from '@/lib/format'
import { screenPath } from '@/lib/router'
import { IconButton } from '@/ui/IconButton'
import { InlineRename } from '@/ui/InlineRename'
import { attempt } from '@/ui/notifications'
import { PreviewView } from '@/ui/preview/PreviewView'
import { Link, useProjectRoute } from '@/ui/route'

interface Props {
  readonly artifact: Artifact
  readonly onDelete: (artifact: Artifact) => void
  readonly onClose: () => void
}

export function ArtifactPanel({ artifact, onDelete, onClose }: Props) {
  const { id, name, type, preview } = artifact
  return (
    <aside className="artifact" aria-label={name}>
      <header>
        <InlineRename
          value={name}
          label={`Rename ${name}`}
          onRename={(to) => attempt('Not renamed', () => renameArtifact(id, to))}
        >
          <h2>{name}</h2>
        </InlineRename>
        <span className="chip">{type}</span>
        <span className="artifact-tools">
          <a className="icon-link" href={artifactFile(id)} download aria-label="Download" title="Download">
            <Download />
          </a>
          <IconButton label="Delete" onClick={() => onDelete(artifact)}>
            <Trash2 />
          </IconButton>
          <IconButton label="Close" onClick={onClose}>
            <X />
          </IconButton>
        </span>
      </header>
      {preview ? (
        <PreviewView preview={preview} />
      ) : (
        <p className="artifact-none">
          No preview. What an operation saves is previewed where it was made; uploaded files are never opened by the
          server.
        </p>
      )}
      <Facts artifact={artifact} />
    </aside>
  )
}

function Facts({ artifact }: { readonly artifact: Artifact }) {
  const route = useProjectRoute()
  const { blob, created, made_by, execution, output } = artifact
  return (
    <dl className="artifact-facts">
      <div>
        <dt>Made by</dt>
        <dd>{execution ? <Link to={screenPath(route, 'execution', execution)}>{made_by}</Link> : made_by}</dd>
      </div>
      {output !== '' && (
        <div>
          <dt>Output</dt>
          <dd>{output}</dd>
        </div>
      )}
      <div>
        <dt>Date</dt>
        <dd>{formatInstant(created)}</dd>
      </div>
      <div>
        <dt>Size</dt>
        <dd>{formatBytes(blob.size)}</dd>
      </div>
      <div>
        <dt>Content</dt>
        <dd>
          <code title={blob.hash}>blake3 {blob.hash.slice(0, 12)}…</code>
        </dd>
      </div>
    </dl>
  )
}
