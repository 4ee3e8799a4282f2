/** TanStack hooks over the calls that are about no open project, or that never change (snapshots, code, the catalogue). */
import { QueryCache, QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ExecutionId, JobId, ProjectId } from '@/lib/ids'
import * as calls from './calls'
import { ApiError } from './errors'
import type { NewProject, Project, Session } from './types'

const SESSION = ['session'] as const

/** Errors that trying again cannot help are not tried again. */
export function makeQueryClient(): QueryClient {
  const queries = new QueryClient({
    // A session that has ended is asked for again, and the page to log in shows.
    queryCache: new QueryCache({
      onError: (error, { queryKey }) => {
        if (error instanceof ApiError && error.status === 401 && queryKey[0] !== SESSION[0]) endSession(queries)
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: (failures, error) =>
          failures < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
      },
    },
  })
  return queries
}

/** The server says that there is no session any more. */
export function endSession(queries: QueryClient): void {
  void queries.resetQueries({ queryKey: SESSION })
}

const PROJECTS = ['projects'] as const

export function useSession() {
  return useQuery({ queryKey: SESSION, queryFn: calls.getSession, staleTime: Number.POSITIVE_INFINITY })
}

export function useLogIn() {
  const queries = useQueryClient()
  return useMutation({ mutationFn: calls.logIn, onSuccess: (session) => queries.setQueryData(SESSION, session) })
}

export function useLogOut() {
  const queries = useQueryClient()
  return useMutation({ mutationFn: calls.logOut, onSuccess: () => queries.resetQueries() })
}

export function useNameSession() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ name, color }: { name: string; color: string }) => calls.nameSession(name, color),
    onSuccess: (session: Session) => queries.setQueryData(SESSION, session),
  })
}

export function useSeeds() {
  return useQuery({ queryKey: ['seeds'], queryFn: calls.listSeeds, staleTime: 300_000 })
}

export function useProjects() {
  return useQuery({
    queryKey: PROJECTS,
    queryFn: calls.listProjects,
    refetchInterval: 15_000,
    refetchOnWindowFocus: true,
  })
}

/** Changes to the list of projects: each fetches it anew. */
export function useProjectChanges() {
  const queries = useQueryClient()
  const onSettled = () => queries.invalidateQueries({ queryKey: PROJECTS })
  return {
    create: useMutation({
      mutationFn: (project: NewProject): Promise<Project> => calls.createProject(project),
      onSettled,
    }),
    rename: useMutation({
      mutationFn: ({ id, name }: { id: ProjectId; name: string }) => calls.renameProject(id, name),
      onSettled,
    }),
    remove: useMutation({ mutationFn: (id: ProjectId) => calls.deleteProject(id), onSettled }),
  }
}

/** What an execution pinned; it never changes. */
export function useSnapshot(execution: ExecutionId | null) {
  return useQuery({
    queryKey: ['snapshot', execution],
    queryFn: () => calls.getSnapshot(execution ?? ''),
    enabled: execution !== null,
    staleTime: Number.POSITIVE_INFINITY,
  })
}

export function useJobCode(job: JobId | null) {
  return useQuery({
    queryKey: ['code', job],
    queryFn: () => calls.getJobCode(job ?? ''),
    enabled: job !== null,
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** The layers, criterions and optimizers of the installed framework. */
export function useCatalogue() {
  return useQuery({ queryKey: ['catalogue'], queryFn: calls.getCatalogue, staleTime: 600_000 })
}

export function useWorkers() {
  return useQuery({ queryKey: ['workers'], queryFn: calls.listWorkers, refetchInterval: 5000 })
}
