import { Check, Copy, Sprout } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { sentences } from '@/api/errors'
import { useProjectChanges } from '@/api/queries'
import type { Project, Seed } from '@/api/types'
import { formatCount } from '@/lib/format'
import { screenPath } from '@/lib/router'
import { Choice } from '@/ui/Choice'
import { Dialog } from '@/ui/Dialog'
import { Field } from '@/ui/Field'
import { navigate } from '@/ui/route'
import { GraphThumbnail } from './GraphThumbnail'

/** What the new project begins as. */
export type Start =
  | { readonly kind: 'seed'; readonly seed: string | null }
  | { readonly kind: 'copy'; readonly project: Project | null }

/** S-022, S-023: a name, then the seed from a dropdown with its description and thumbnail; or a copy of another project. */
export function CreateDialog({
  start: begin,
  projects,
  seeds,
  onClose,
}: {
  start: Start
  projects: readonly Project[]
  seeds: readonly Seed[]
  onClose: () => void
}) {
  const { create } = useProjectChanges()
  const [kind, setKind] = useState(begin.kind)
  const [seedName, setSeedName] = useState(begin.kind === 'seed' ? begin.seed : null)
  const [copied, setCopied] = useState(begin.kind === 'copy' ? (begin.project?.id ?? null) : null)
  const seed = seeds.find(({ name }) => name === (seedName ?? preferred(seeds)))
  const source = projects.find(({ id }) => id === (copied ?? projects[0]?.id))
  const [typed, setTyped] = useState<string | null>(null)
  const name = typed ?? proposed(kind === 'seed' ? seed?.name : source && `${source.name}_copy`, projects)
  const problem = problemOf(name, typed !== null, projects)
  const run = async () => {
    const made = await create.mutateAsync({
      name: name.trim(),
      seed: kind === 'seed' ? (seed?.name ?? null) : null,
      copy_of: kind === 'copy' ? (source?.id ?? null) : null,
    })
    onClose()
    navigate(screenPath({ project: made.id, branch: made.branches[0]?.name ?? 'main' }, 'pipelines'))
  }
  const failed = create.error === null ? null : `${sentences(create.error).message} ${sentences(create.error).hint}`
  return (
    <Dialog
      title="Create new project"
      onClose={onClose}
      note="You will be its owner."
      actions={[
        { label: 'Cancel', run: onClose },
        {
          label: create.isPending ? 'Creating…' : 'Create',
          primary: true,
          disabled:
            name.trim() === '' ||
            problem !== null ||
            create.isPending ||
            (kind === 'seed' ? seed : source) === undefined,
          run: () => void run().catch(() => undefined),
        },
      ]}
    >
      <Field
        label="Name"
        value={name}
        maxLength={100}
        autoComplete="off"
        spellCheck={false}
        data-autofocus
        onFocus={(event) => event.target.select()}
        onChange={(event) => setTyped(event.target.value)}
        problem={problem ?? failed}
        aside={
          problem === null &&
          name.trim() !== '' && (
            <span className="projects-free">
              <Check aria-hidden /> free
            </span>
          )
        }
      />
      {projects.length > 0 && (
        <div className="segments" role="radiogroup" aria-label="Start from">
          <Segment checked={kind === 'seed'} onChoose={() => setKind('seed')} icon={<Sprout />} label="Seed" />
          <Segment checked={kind === 'copy'} onChoose={() => setKind('copy')} icon={<Copy />} label="Duplicate" />
        </div>
      )}
      {kind === 'seed' ? (
        <SeedChoice seeds={seeds} seed={seed} onChoose={setSeedName} />
      ) : (
        <Choice
          label="Copy of"
          data={projects.map(({ id, name: label }) => ({ value: id, label }))}
          value={source?.id ?? null}
          onChoose={setCopied}
        />
      )}
    </Dialog>
  )
}

function Segment({
  checked,
  onChoose,
  icon,
  label,
}: {
  checked: boolean
  onChoose: () => void
  icon: ReactNode
  label: string
}) {
  return (
    <label>
      <input type="radio" name="start" checked={checked} onChange={onChoose} />
      {icon}
      {label}
    </label>
  )
}

function SeedChoice({
  seeds,
  seed,
  onChoose,
}: {
  seeds: readonly Seed[]
  seed: Seed | undefined
  onChoose: (name: string) => void
}) {
  return (
    <div>
      <Choice
        label="Start from"
        data={seeds.map(({ name }) => ({ value: name, label: name }))}
        value={seed?.name ?? null}
        onChoose={onChoose}
      />
      {seed && (
        <div className="seed">
          <div className="seed-picture dots">
            {seed.thumbnail.nodes.length > 0 ? (
              <GraphThumbnail thumbnail={seed.thumbnail} width={190} height={108} />
            ) : (
              <span className="t3 xs">Nothing in it yet</span>
            )}
          </div>
          <div className="seed-words">
            <strong>{seed.title}</strong>
            <p className="t2">{seed.description}</p>
            <div className="row seed-chips">
              <span className="chip">{formatCount(seed.pipelines.length, 'pipeline')}</span>
              <span className="chip">{formatCount(seed.operations, 'operation')}</span>
              <span className="chip">{formatCount(seed.architectures, 'architecture')}</span>
            </div>
          </div>
        </div>
      )}
    </div>
  )
}

/** The quick tour first. */
function preferred(seeds: readonly Seed[]): string | undefined {
  return (seeds.find(({ name }) => name === 'digits') ?? seeds[0])?.name
}

/** A free name to begin with: `digits`, `digits_2`, ... */
function proposed(base: string | undefined, projects: readonly Project[]): string {
  if (base === undefined) return ''
  const taken = new Set(projects.map(({ name }) => name))
  if (!taken.has(base)) return base
  for (let number = 2; ; number += 1) if (!taken.has(`${base}_${number}`)) return `${base}_${number}`
}

function problemOf(name: string, typed: boolean, projects: readonly Project[]): string | null {
  if (typed && name.trim() === '') return 'A project needs a name.'
  return projects.some((other) => other.name === name.trim()) ? 'Another project has this name.' : null
}
