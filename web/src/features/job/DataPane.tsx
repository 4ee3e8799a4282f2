/** What went into the job and what came out of it. */
import { useSnapshot } from '@/api/queries'
import type { Execution, InputSource, Job, JobPlan, ProjectRecord, Reference } from '@/api/types'
import { assertNever } from '@/lib/assert'
import { formatBytes } from '@/lib/format'
import { PreviewView } from '@/ui/preview/PreviewView'

interface Props {
  readonly job: Job
  readonly execution: Execution
}

export function DataPane({ job, execution }: Props) {
  const snapshot = useSnapshot(execution.id)
  const plan = snapshot.data?.plan.jobs.find(({ node }) => node === job.node)
  return (
    <div className="job-data">
      <h2>Inputs</h2>
      {plan ? (
        <Inputs plan={plan} execution={execution} />
      ) : (
        <p className="job-note">{snapshot.error?.message ?? 'Fetching…'}</p>
      )}
      {plan && <Settings plan={plan} records={snapshot.data?.records ?? []} />}
      <h2>Outputs</h2>
      {job.outputs.length === 0 && (
        <p className="job-note">
          {job.status === 'success'
            ? 'This operation has no outputs.'
            : 'Outputs are stored when the operation has returned.'}
        </p>
      )}
      {job.outputs.map(({ name, type, blob, preview }) => (
        <section className="job-output" key={name} aria-label={name}>
          <header>
            <b>{name}</b> <span className="chip">{type}</span> <em>{formatBytes(blob.size)}</em>
          </header>
          {preview ? <PreviewView preview={preview} /> : <p className="job-note">Its type offers no preview.</p>}
        </section>
      ))}
    </div>
  )
}

function Inputs({ plan, execution }: { readonly plan: JobPlan; readonly execution: Execution }) {
  const inputs = Object.entries(plan.inputs)
  if (inputs.length === 0) return <p className="job-note">This operation has no inputs.</p>
  return (
    <dl className="job-pairs">
      {inputs.map(([name, source]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{sourceText(source, execution)}</dd>
        </div>
      ))}
    </dl>
  )
}

function sourceText(source: InputSource, execution: Execution): string {
  switch (source.kind) {
    case 'artifact':
      return `artifact ${source.name} (${source.type}, ${formatBytes(source.blob.size)})`
    case 'job': {
      const maker = execution.jobs.find(({ node }) => node === source.node)
      return `${source.output} of ${maker?.name ?? source.node}`
    }
    default:
      return assertNever(source)
  }
}

interface SettingsProps {
  readonly plan: JobPlan
  readonly records: readonly ProjectRecord[]
}

function Settings({ plan, records }: SettingsProps) {
  const references = Object.entries(plan.references).map(([name, reference]) => [name, targetName(reference, records)])
  const attributes = Object.entries(plan.attributes).map(([name, value]) => [name, String(value)])
  const rows = [...attributes, ...references]
  if (rows.length === 0) return null
  return (
    <>
      <h2>Attributes and references</h2>
      <dl className="job-pairs">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  )
}

function targetName(reference: Reference, records: readonly ProjectRecord[]): string {
  if (reference.kind === 'resource') return reference.class_name
  const target = records.find(({ id }) => id === reference.record)
  return target !== undefined && 'name' in target && target.name !== null ? target.name : reference.record
}
