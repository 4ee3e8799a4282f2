import { Braces, Download, FileText, Hash, Images, Network, Package, Trash2, Type, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { artifactFile } from '@/api/calls'
import type { Artifact } from '@/api/types'
import { formatBytes, formatDuration, formatInstant, formatWhen } from '@/lib/format'
import { useNow } from '@/ui/clock'
import { IconButton } from '@/ui/IconButton'
import { type Sending, secondsLeft } from './uploads'

interface Props {
  readonly artifacts: readonly Artifact[]
  readonly sendings: readonly Sending[]
  readonly selected: string | null
  readonly onSelect: (id: string) => void
  readonly onDelete: (artifact: Artifact) => void
}

export function ArtifactTable({ artifacts, sendings, selected, onSelect, onDelete }: Props) {
  return (
    <table className="table">
      <thead>
        <tr>
          <th>Name</th>
          <th>Type</th>
          <th className="num right">Size</th>
          <th>Date</th>
          <th>Made by</th>
          <th aria-label="Actions" />
        </tr>
      </thead>
      <tbody>
        {sendings.map((sending) => (
          <SendingRow key={sending.id} sending={sending} />
        ))}
        {artifacts.map((artifact) => (
          <Row
            key={artifact.id}
            artifact={artifact}
            selected={artifact.id === selected}
            onSelect={() => onSelect(artifact.id)}
            onDelete={() => onDelete(artifact)}
          />
        ))}
      </tbody>
    </table>
  )
}

function SendingRow({ sending }: { readonly sending: Sending }) {
  const now = useNow(true)
  const left = secondsLeft(sending, now.getTime())
  const percent = sending.size === 0 ? 100 : Math.floor((100 * sending.sent) / sending.size)
  return (
    <tr>
      <td>{sending.name}</td>
      <td>
        <span className="chip">{sending.type}</span>
      </td>
      <td className="num right">{formatBytes(sending.size)}</td>
      <td colSpan={2}>
        <span className="artifacts-sending">
          <progress value={sending.sent} max={Math.max(1, sending.size)} aria-label={`Uploading ${sending.name}`} />
          {percent === 100 ? 'storing' : `uploading, ${percent} %`}
          {left !== null && percent < 100 && `, ${formatDuration(left)} left`}
        </span>
      </td>
      <td>
        <IconButton label={`Stop uploading ${sending.name}`} onClick={sending.cancel}>
          <X />
        </IconButton>
      </td>
    </tr>
  )
}

interface RowProps {
  readonly artifact: Artifact
  readonly selected: boolean
  readonly onSelect: () => void
  readonly onDelete: () => void
}

function Row({ artifact, selected, onSelect, onDelete }: RowProps) {
  const { id, name, type, blob, created, made_by } = artifact
  return (
    <tr aria-selected={selected}>
      <td>
        <button type="button" className="artifacts-name" aria-expanded={selected} onClick={onSelect}>
          {iconOf(type)} {name}
        </button>
      </td>
      <td>
        <span className="chip">{type}</span>
      </td>
      <td className="num right">{formatBytes(blob.size)}</td>
      <td title={formatInstant(created)}>{formatWhen(created)}</td>
      <td>{made_by}</td>
      <td>
        <span className="table-actions">
          <a
            className="icon-link"
            href={artifactFile(id)}
            download
            aria-label={`Download ${name}`}
            title={`Download ${name}`}
          >
            <Download />
          </a>
          <IconButton label={`Delete ${name}`} onClick={onDelete}>
            <Trash2 />
          </IconButton>
        </span>
      </td>
    </tr>
  )
}

const ICONS: Readonly<Record<string, ReactNode>> = {
  Model: <Network />,
  Dataset: <Images />,
  Tensor: <Hash />,
  Text: <Type />,
  Json: <Braces />,
  File: <FileText />,
}

function iconOf(type: string): ReactNode {
  return ICONS[type] ?? <Package />
}
