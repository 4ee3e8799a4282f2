/** What executions were run with, side by side. */
import type { JobPlan, Snapshot } from '@/api/types'

export interface ParameterRow {
  readonly name: string
  /** One text for each execution; null where it has no such parameter. */
  readonly values: readonly (string | null)[]
  /** Which of the values differ from the most common one; all of them where none is more common than another. */
  readonly differs: readonly boolean[]
}

/** The attributes and references of all jobs. A name that several operations have is preceded by the operation's. */
export function compareParameters(snapshots: readonly (Snapshot | undefined)[]): readonly ParameterRow[] {
  const columns = snapshots.map((snapshot) => parametersOf(snapshot))
  const names = [...new Set(columns.flatMap((column) => [...column.keys()]))]
  return names.map((name) => {
    const values = columns.map((column) => column.get(name) ?? null)
    return { name, values, differs: differences(values) }
  })
}

function parametersOf(snapshot: Snapshot | undefined): ReadonlyMap<string, string> {
  if (snapshot === undefined) return new Map()
  const { jobs } = snapshot.plan
  const owners = new Map<string, number>()
  for (const name of jobs.flatMap(namesOf)) owners.set(name, (owners.get(name) ?? 0) + 1)
  const label = (job: JobPlan, name: string) => ((owners.get(name) ?? 0) > 1 ? `${job.name}.${name}` : name)
  return new Map(
    jobs.flatMap((job): [string, string][] => [
      ...Object.entries(job.attributes).map(([name, value]): [string, string] => [label(job, name), String(value)]),
      ...Object.entries(job.references).map(([name, reference]): [string, string] => [
        label(job, name),
        reference.kind === 'resource' ? reference.class_name : recordName(snapshot, reference.record),
      ]),
    ]),
  )
}

function namesOf(job: JobPlan): string[] {
  return [...Object.keys(job.attributes), ...Object.keys(job.references)]
}

function recordName(snapshot: Snapshot, id: string): string {
  const record = snapshot.records.find((one) => one.id === id)
  return record !== undefined && 'name' in record && record.name !== null ? record.name : id
}

function differences(values: readonly (string | null)[]): boolean[] {
  const count = (value: string | null) => values.filter((other) => other === value).length
  const usual = values.reduce((best, value) => (count(value) > count(best) ? value : best), values[0] ?? null)
  const none = values.length > 1 && count(usual) === 1
  return values.map((value) => none || value !== usual)
}
