/**
 * React's way to the open project: hooks over `ProjectClient`. Each subscribes to its part of the state, so that an edit
 * redraws only what shows it. README.md lists them.
 */
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo } from 'react'
import { useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import type { Analysis, Artifact, Execution, Interface, Job, Mark, PeopleHere, Person, Place } from '@/api/types'
import type { EditParts, JobWatcher, ProjectClient } from '@/document/client'
import * as pipelineCommands from '@/document/commands/pipeline'
import {
  type ArchitectureGraph,
  architectureGraph,
  type Kind,
  type OfKind,
  type PipelineGraph,
  pipelineGraph,
  type Records,
  recordOf,
  recordsOfKind,
} from '@/document/records'
import { Refusal } from '@/document/refusal'
import {
  type Connection,
  type NotApplied,
  type ProjectState,
  type Sync,
  syncOf,
  type UndoLabels,
} from '@/document/state'
import type { JobId, RecordId } from '@/lib/ids'
import { notify } from './notifications'

const ProjectContext = createContext<ProjectClient | null>(null)

export function ProjectProvider({ client, children }: { client: ProjectClient; children: ReactNode }) {
  return <ProjectContext.Provider value={client}>{children}</ProjectContext.Provider>
}

/** The open project's client, for what the hooks do not cover. */
export function useProjectClient(): ProjectClient {
  const client = useContext(ProjectContext)
  if (client === null) throw new Error('This is shown outside of an open project.')
  return client
}

/** A part of the project's state; `select` must give something stable (a field, or made from fields with useMemo). */
export function useProjectState<T>(select: (state: ProjectState) => T): T {
  return useStore(useProjectClient().store, select)
}

/** The document as shown: every record by id, pending edits applied; and the newest confirmed version. */
export function useDocument(): { records: Records; version: number; loaded: boolean } {
  return useStore(
    useProjectClient().store,
    useShallow(({ records, version, loaded }) => ({ records, version, loaded })),
  )
}

/** One record, or null. */
export function useRecord<K extends Kind>(kind: K, id: RecordId | null | undefined): OfKind<K> | null {
  return useProjectState(({ records }) => recordOf(records, kind, id))
}

/** All records of a kind, sorted by name. */
export function useRecords<K extends Kind>(kind: K): readonly OfKind<K>[] {
  return useStore(
    useProjectClient().store,
    useShallow(({ records }) => recordsOfKind(records, kind)),
  )
}

/** A pipeline with its nodes, wires, notes and frames; null when there is none (any more). */
export function usePipeline(id: RecordId | null): PipelineGraph | null {
  const records = useProjectState((state) => state.records)
  return useStableGraph(useMemo(() => (id === null ? null : pipelineGraph(records, id)), [records, id]))
}

export function useArchitecture(id: RecordId | null): ArchitectureGraph | null {
  const records = useProjectState((state) => state.records)
  return useStableGraph(useMemo(() => (id === null ? null : architectureGraph(records, id)), [records, id]))
}

/** Keeps the graph's lists (and the graph) the same while nothing in them changed. */
function useStableGraph<Graph extends PipelineGraph | ArchitectureGraph>(graph: Graph | null): Graph | null {
  const parts = graph === null ? [] : Object.values(graph).flat()
  const key = useShallowList(parts)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list of parts says whether the graph changed.
  return useMemo(() => graph, [key, graph === null])
}

function useShallowList(parts: readonly unknown[]): readonly unknown[] {
  const client = useProjectClient()
  return useStore(
    client.store,
    useShallow(() => parts),
  )
}

/** What code says of itself, marks and types: null until the server's first answer. */
export function useAnalysis(): Analysis | null {
  return useProjectState((state) => state.analysis)
}

/** The interface of an operation (its record's id); null while it has not been read. */
export function useInterface(operation: RecordId | null | undefined): Interface | null {
  return useProjectState(({ analysis }) => (operation == null ? null : (analysis?.interfaces[operation] ?? null)))
}

/** Marks on a record, errors first. */
export function useMarks(record: RecordId): readonly Mark[] {
  return useStore(
    useProjectClient().store,
    useShallow(({ analysis }) =>
      (analysis?.marks ?? [])
        .filter(({ where }) => where.record === record)
        .sort((a, b) => a.severity.localeCompare(b.severity)),
    ),
  )
}

/** The executions of the project, newest first; with an id only those of that pipeline. */
export function useExecutions(pipeline?: RecordId): readonly Execution[] {
  const executions = useProjectState((state) => state.executions)
  return useMemo(
    () =>
      [...executions.values()]
        .filter((execution) => pipeline === undefined || execution.pipeline === pipeline)
        .sort((a, b) => (a.created < b.created ? 1 : -1)),
    [executions, pipeline],
  )
}

export function useExecution(id: string | null): Execution | null {
  return useProjectState(({ executions }) => (id === null ? null : (executions.get(id) ?? null)))
}

/** A job with the execution that it belongs to. */
export function useJob(id: JobId | null): { job: Job; execution: Execution } | null {
  return useStore(
    useProjectClient().store,
    useShallow(({ executions }) => {
      for (const execution of executions.values()) {
        const job = execution.jobs.find((candidate) => candidate.id === id)
        if (job !== undefined) return { job, execution }
      }
      return null
    }),
  )
}

/** Follows a job's console and feedback while the component is shown. `watcher` must be stable (useMemo, useRef). */
export function useWatch(job: JobId | null, watcher: JobWatcher): void {
  const client = useProjectClient()
  useEffect(() => (job === null ? undefined : client.watch(job, watcher)), [client, job, watcher])
}

/** The artifacts of the project, newest first. */
export function useArtifacts(): readonly Artifact[] {
  const artifacts = useProjectState((state) => state.artifacts)
  return useMemo(() => [...artifacts.values()].sort((a, b) => (a.created < b.created ? 1 : -1)), [artifacts])
}

export function useArtifact(id: string | null): Artifact | null {
  return useProjectState(({ artifacts }) => (id === null ? null : (artifacts.get(id) ?? null)))
}

/** Whether executions and artifacts have been fetched: before, an empty list means nothing. */
export function useListed(): boolean {
  return useProjectState((state) => state.listed)
}

export interface Presence {
  readonly me: Person | null
  /** Every other open tab. */
  readonly others: readonly PeopleHere[]
  /** Tell the others where one is (screen, record, selection, pointer); may be called at each move of the pointer. */
  readonly moveTo: (place: Place) => void
}

export function usePresence(): Presence {
  const client = useProjectClient()
  const [me, people] = useStore(
    client.store,
    useShallow(({ person, people: here }) => [person, here] as const),
  )
  // The same function for as long as the project is open: who tells where he is must not do so again because others moved.
  const moveTo = useCallback((place: Place) => client.moveTo(place), [client])
  return useMemo(() => ({ me, others: [...people.values()], moveTo }), [me, people, moveTo])
}

/** What the footer says: whether everything is stored, and whether the server is there. */
export function useSync(): { sync: Sync; connection: Connection; notApplied: readonly NotApplied[] } {
  const { connection, pending, notApplied } = useStore(
    useProjectClient().store,
    useShallow((state) => ({ connection: state.connection, pending: state.pending, notApplied: state.notApplied })),
  )
  return useMemo(
    () => ({ sync: syncOf({ connection, pending }), connection, notApplied }),
    [connection, pending, notApplied],
  )
}

type Tail<F> = F extends (records: Records, ...rest: infer Rest) => infer Made ? { rest: Rest; made: Made } : never
type Bound<F> = (...args: Tail<F>['rest']) => Tail<F>['made'] | null
type PipelineCommands = Omit<typeof pipelineCommands, 'freeName' | 'referenceLabel'>

/** The commands of `document/commands`, run at once: each gives its edit (with the new record's `id`), or null when refused. */
export type Commands = { readonly [Name in keyof PipelineCommands]: Bound<PipelineCommands[Name]> } & {
  /** Any other edit. False when it was refused; the person has been told why. */
  readonly edit: (parts: EditParts) => boolean
  /** Take back one's own newest edit, or do it again; gives the ids of what came back. */
  readonly undo: () => readonly RecordId[]
  readonly redo: () => readonly RecordId[]
}

export function useCommands(): Commands {
  const client = useProjectClient()
  return useMemo(() => commandsOf(client), [client])
}

function commandsOf(client: ProjectClient): Commands {
  const run = <Made extends EditParts>(make: () => Made): Made | null => {
    try {
      const made = make()
      client.edit(made)
      return made
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      notify({ kind: 'error', title: 'Not possible', text: `${error.message} (${error.code})` })
      return null
    }
  }
  const { freeName: _free, referenceLabel: _label, ...commands } = pipelineCommands
  const bound = Object.fromEntries(
    Object.entries(commands).map(([name, command]) => [
      name,
      (...args: unknown[]) =>
        run(() => Reflect.apply(command, undefined, [client.state.records, ...args]) as EditParts),
    ]),
  ) as unknown as { [Name in keyof PipelineCommands]: Bound<PipelineCommands[Name]> }
  return {
    ...bound,
    edit: (parts) => run(() => parts) !== null,
    undo: () => tell(client.undo(), 'Undone'),
    redo: () => tell(client.redo(), 'Redone'),
  }
}

function tell(undone: ReturnType<ProjectClient['undo']>, word: string): readonly RecordId[] {
  if (undone === null) return []
  if (undone.leftOut.length > 0) {
    notify({
      kind: 'info',
      title: `${word} in part: ${undone.label}`,
      text: 'What somebody else has changed since was left as it is.',
    })
  }
  return undone.transaction.put.map(({ id }) => id)
}

/** What undo and redo would do now, by label. */
export function useUndo(): UndoLabels {
  return useProjectState((state) => state.undo)
}
