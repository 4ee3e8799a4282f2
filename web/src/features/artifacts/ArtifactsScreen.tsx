/** The artifacts of the project: list, preview, upload, download, rename, delete. */
import { Upload } from 'lucide-react'
import { useMemo, useRef, useState } from 'react'
import { deleteArtifact } from '@/api/calls'
import type { Artifact } from '@/api/types'
import { formatBytes, formatCount } from '@/lib/format'
import { ActionButton } from '@/ui/ActionButton'
import { confirm } from '@/ui/confirm'
import { EmptyState } from '@/ui/EmptyState'
import { SearchField } from '@/ui/Field'
import { attempt } from '@/ui/notifications'
import { useArtifact, useArtifacts, useListed } from '@/ui/project'
import { setSelection, useCrumb, useProjectRoute } from '@/ui/route'
import { Skeleton } from '@/ui/Skeleton'
import { ArtifactPanel } from './ArtifactPanel'
import { ArtifactTable } from './ArtifactTable'
import './artifacts.css'
import { UploadDialog } from './UploadDialog'
import { useSendings } from './uploads'

export default function ArtifactsScreen() {
  useCrumb('Artifacts')
  const { project, selection } = useProjectRoute()
  const artifacts = useArtifacts()
  const listed = useListed()
  const selected = useArtifact(selection[0] ?? null)
  const [wanted, setWanted] = useState('')
  const [file, setFile] = useState<File | null>(null)
  const chooser = useRef<HTMLInputElement>(null)
  const sendings = useSendings((state) => state.sendings).filter((sending) => sending.project === project)
  const shown = useMemo(() => artifacts.filter((artifact) => fits(artifact, wanted)), [artifacts, wanted])
  const choose = useMemo(
    () => ({ label: 'Upload artifact', icon: <Upload />, run: () => chooser.current?.click() }),
    [],
  )
  if (!listed) return <Skeleton shape="table" />
  return (
    <section
      aria-label="Artifacts"
      className="artifacts"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault()
        setFile(event.dataTransfer.files[0] ?? null)
      }}
    >
      <input
        ref={chooser}
        type="file"
        hidden
        aria-label="File to upload"
        onChange={(event) => {
          setFile(event.target.files?.[0] ?? null)
          event.target.value = ''
        }}
      />
      {artifacts.length === 0 && sendings.length === 0 ? (
        <EmptyState
          title="No artifacts yet"
          text="Execute a pipeline with an Output, or upload a file: what is saved shows here and can be the input of any pipeline."
          action={{ label: 'Upload a file', icon: <Upload />, run: choose.run }}
        />
      ) : (
        <section className="artifacts-list">
          <header>
            <h1>Artifacts</h1>
            <span className="chip">{artifacts.length}</span>
            <span className="spacer" />
            <SearchField label="Name, type or maker" value={wanted} onChange={setWanted} />
          </header>
          <ArtifactTable
            artifacts={shown}
            sendings={sendings}
            selected={selected?.id ?? null}
            onSelect={(id) => setSelection(id === selected?.id ? [] : [id])}
            onDelete={remove}
          />
          <p className="artifacts-sum">
            {shown.length === 0 && wanted !== ''
              ? `Nothing here has “${wanted}” in its name, type or maker.`
              : `${formatCount(artifacts.length, 'artifact')}, ${formatBytes(totalSize(artifacts))}. Equal contents are stored once.`}
          </p>
        </section>
      )}
      {selected !== null && <ArtifactPanel artifact={selected} onDelete={remove} onClose={() => setSelection([])} />}
      {file !== null && <UploadDialog project={project} file={file} onClose={() => setFile(null)} />}
      <ActionButton primary={choose} />
    </section>
  )
}

function fits({ name, type, made_by }: Artifact, wanted: string): boolean {
  return [name, type, made_by].some((text) => text.toLowerCase().includes(wanted.trim().toLowerCase()))
}

/** Bytes on disk: equal contents count once. */
function totalSize(artifacts: readonly Artifact[]): number {
  const sizes = new Map(artifacts.map(({ blob }) => [blob.hash, blob.size]))
  return [...sizes.values()].reduce((sum, size) => sum + size, 0)
}

async function remove({ id, name }: Artifact): Promise<void> {
  const text = 'Executions that used it keep what they made; pipelines whose Input names it need another one.'
  if (await confirm({ title: `Delete ${name}?`, text, action: 'Delete' })) {
    await attempt('Not deleted', () => deleteArtifact(id))
  }
}
