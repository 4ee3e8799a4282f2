/** What is known of the open project at one moment: the document as shown, what is derived from it, and who is here. */
import type { Analysis, ApiErrorBody, Artifact, Execution, PeopleHere, Person, Transaction } from '@/api/types'
import type { ArtifactId, BranchName, ClientId, ExecutionId, ProjectId, TransactionId } from '@/lib/ids'
import { NO_RECORDS, type Records } from './records'

/** The live connection. `ended`: the server closed it for good (no session, no such project); `reason` says why. */
export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open'; readonly again: boolean }
  | { readonly kind: 'reconnecting'; readonly attempt: number }
  | { readonly kind: 'ended'; readonly code: number; readonly reason: string }

/** An edit that was refused, kept until the person discards it. */
export interface NotApplied {
  readonly transaction: Transaction
  readonly error: Pick<ApiErrorBody, 'code' | 'message' | 'hint'>
  readonly time: string
  /** Text that the edit would have inserted, to copy; empty for edits without text. */
  readonly text: string
}

/** What undo and redo would do now, by label; null when there is nothing. */
export interface UndoLabels {
  readonly undo: string | null
  readonly redo: string | null
}

export interface ProjectState {
  readonly project: ProjectId
  readonly branch: BranchName
  readonly name: string
  readonly connection: Connection
  /** False until the first welcome: there is nothing to show before. */
  readonly loaded: boolean
  /** True when the project was removed while it was open. */
  readonly removed: boolean
  /** The newest version that the server confirmed. */
  readonly version: number
  /** The document as shown: confirmed records with the pending edits applied. */
  readonly records: Records
  /** Ids of edits that the server has not stored yet, oldest first. */
  readonly pending: readonly TransactionId[]
  readonly notApplied: readonly NotApplied[]
  readonly undo: UndoLabels
  readonly client: ClientId
  readonly person: Person | null
  /** Every other open tab in this project and branch. */
  readonly people: ReadonlyMap<ClientId, PeopleHere>
  readonly analysis: Analysis | null
  /** Whether `executions` and `artifacts` have been fetched. */
  readonly listed: boolean
  readonly executions: ReadonlyMap<ExecutionId, Execution>
  readonly artifacts: ReadonlyMap<ArtifactId, Artifact>
}

export function initialState(project: ProjectId, branch: BranchName, client: ClientId): ProjectState {
  return {
    project,
    branch,
    name: '',
    connection: { kind: 'connecting' },
    loaded: false,
    removed: false,
    version: 0,
    records: NO_RECORDS,
    pending: [],
    notApplied: [],
    undo: { undo: null, redo: null },
    client,
    person: null,
    people: new Map(),
    analysis: null,
    listed: false,
    executions: new Map(),
    artifacts: new Map(),
  }
}

/** What the footer's first pill says. It never lies: `in-sync` means connected, and everything stored durably. */
export type Sync =
  | { readonly kind: 'in-sync' }
  | { readonly kind: 'saving'; readonly unsent: number }
  | { readonly kind: 'offline'; readonly unsent: number }

export function syncOf(state: Pick<ProjectState, 'connection' | 'pending'>): Sync {
  if (state.connection.kind !== 'open') return { kind: 'offline', unsent: state.pending.length }
  return state.pending.length === 0 ? { kind: 'in-sync' } : { kind: 'saving', unsent: state.pending.length }
}
