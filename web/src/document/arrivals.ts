/** What the server tells beside the document: people, analysis, executions, artifacts. Pure steps from one state to the next. */
import type { Artifact, Execution, Job, ServerMessage } from '@/api/types'
import { assertNever } from '@/lib/assert'
import type { ProjectState } from './state'

/** Messages that are about no edit and no watched job. */
export type Arrival = Exclude<
  ServerMessage,
  { type: 'welcome' | 'committed' | 'refused' | 'watching' | 'log' | 'feedback' }
>

/** What a message changes in the state. */
export function arrived(state: ProjectState, message: Arrival): Partial<ProjectState> {
  switch (message.type) {
    case 'presence':
      return { people: withEntry(state.people, message.client, message) }
    case 'left':
      return { people: withoutEntry(state.people, message.client) }
    case 'analysis':
      return { analysis: message }
    case 'execution':
      return { executions: withEntry(state.executions, message.execution.id, message.execution) }
    case 'job':
      return { executions: withJob(state.executions, message.job) }
    case 'execution_removed':
      return { executions: withoutEntry(state.executions, message.execution) }
    case 'artifact':
      return { artifacts: withEntry(state.artifacts, message.artifact.id, message.artifact) }
    case 'artifact_removed':
      return { artifacts: withoutEntry(state.artifacts, message.artifact) }
    case 'project':
      return message.name === null ? { removed: true } : { name: message.name }
    default:
      return assertNever(message)
  }
}

/** The execution or artifact that a message is about, or null. */
export function subject(message: Arrival): string | null {
  switch (message.type) {
    case 'execution':
      return message.execution.id
    case 'job':
      return message.job.execution
    case 'artifact':
      return message.artifact.id
    case 'execution_removed':
      return message.execution
    case 'artifact_removed':
      return message.artifact
    default:
      return null
  }
}

export interface Lists {
  readonly executions: readonly Execution[]
  readonly artifacts: readonly Artifact[]
}

/** Lists that were fetched, with what came by the socket meanwhile (`newer`, by id) left as it is known from there. */
export function listed(state: ProjectState, fetched: Lists, newer: ReadonlySet<string>): Partial<ProjectState> {
  return {
    executions: merged(state.executions, fetched.executions, newer),
    artifacts: merged(state.artifacts, fetched.artifacts, newer),
    listed: true,
  }
}

function merged<Thing extends { id: string }>(
  known: ReadonlyMap<string, Thing>,
  fetched: readonly Thing[],
  newer: ReadonlySet<string>,
): ReadonlyMap<string, Thing> {
  return new Map([
    ...fetched.filter(({ id }) => !newer.has(id)).map((thing) => [thing.id, thing] as const),
    ...[...known].filter(([id]) => newer.has(id)),
  ])
}

function withJob(executions: ProjectState['executions'], job: Job): ProjectState['executions'] {
  const execution = executions.get(job.execution)
  if (execution === undefined) return executions
  const jobs = execution.jobs.map((known) => (known.id === job.id ? job : known))
  return withEntry(executions, execution.id, { ...execution, jobs })
}

function withEntry<Id, Thing>(things: ReadonlyMap<Id, Thing>, id: Id, thing: Thing): ReadonlyMap<Id, Thing> {
  return new Map(things).set(id, thing)
}

function withoutEntry<Id, Thing>(things: ReadonlyMap<Id, Thing>, id: Id): ReadonlyMap<Id, Thing> {
  return new Map([...things].filter(([key]) => key !== id))
}
