/**
 * Every call of the server's HTTP interface (docs/spec/http.md), with the generated types. They throw `ApiError`.
 */
import createClient, { type Middleware } from 'openapi-fetch'
import {
  type ArtifactId,
  type BranchName,
  type ExecutionId,
  type JobId,
  newId,
  type ProjectId,
  type RecordId,
} from '@/lib/ids'
import { ApiError, offline } from './errors'
import type { paths } from './schema'
import type {
  ApiErrorBody,
  Artifact,
  Execution,
  Feedback,
  JobCode,
  LinePoints,
  LogPage,
  NewExecution,
  NewProject,
  Project,
  Seed,
  Session,
  Snapshot,
  Version,
  Workers,
} from './types'

const client = createClient<paths>({ baseUrl: globalThis.location?.origin ?? '' })

const networkErrors: Middleware = { onError: () => offline() }
client.use(networkErrors)

interface Answer<T> {
  readonly data?: T | undefined
  readonly error?: unknown
  readonly response: Response
}

/** The answer's body, or its error thrown. */
async function body<T>(call: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call
  if (!response.ok) throw new ApiError(response.status, isErrorBody(error) ? error : {})
  return data as T
}

function isErrorBody(value: unknown): value is ApiErrorBody {
  return typeof value === 'object' && value !== null && 'message' in value
}

export const getSession = (): Promise<Session> => body(client.GET('/api/session'))
export const logIn = (token: string): Promise<Session> => body(client.POST('/api/session', { body: { token } }))
export const nameSession = (name: string, color: string): Promise<Session> =>
  body(client.PATCH('/api/session', { body: { name, color } }))
export const logOut = (): Promise<unknown> => body(client.DELETE('/api/session'))

// openapi-fetch loses the types of tuples inside, hence the casts here and of snapshots.
export const listSeeds = (): Promise<Seed[]> => body<unknown>(client.GET('/api/seeds')) as Promise<Seed[]>
export const listProjects = (): Promise<Project[]> => body(client.GET('/api/projects'))
export const createProject = (project: NewProject): Promise<Project> =>
  body(client.POST('/api/projects', { body: project }))
export const renameProject = (project: ProjectId, name: string): Promise<Project> =>
  body(client.PATCH('/api/projects/{project}', { params: { path: { project } }, body: { name } }))
export const deleteProject = (project: ProjectId): Promise<unknown> =>
  body(client.DELETE('/api/projects/{project}', { params: { path: { project } } }))

export const listVersions = (project: ProjectId, branch: BranchName, after: number): Promise<Version[]> =>
  body(
    client.GET('/api/projects/{project}/branches/{branch}/versions', {
      params: { path: { project, branch }, query: { after } },
    }),
  )

/** All executions, newest first, page by page up to `limit`. */
export const listExecutions = (project: ProjectId, pipeline?: RecordId, limit = 2000): Promise<Execution[]> =>
  pages(limit, (cursor) =>
    body(
      client.GET('/api/projects/{project}/executions', {
        params: { path: { project }, query: { limit: PAGE, ...(cursor && { cursor }), ...(pipeline && { pipeline }) } },
      }),
    ),
  )

/** Run a pipeline; `key` is made here, so that a repeated request does not run it twice. */
export const startExecution = (
  project: ProjectId,
  run: Partial<NewExecution> & Pick<NewExecution, 'pipeline' | 'branch'>,
): Promise<Execution> =>
  body(
    client.POST('/api/projects/{project}/executions', {
      params: { path: { project } },
      body: { key: newId(), version: null, name: null, attributes: [], inputs: [], outputs: [], ...run },
    }),
  )
export const getExecution = (execution: ExecutionId): Promise<Execution> =>
  body(client.GET('/api/executions/{execution}', { params: { path: { execution } } }))
export const getSnapshot = (execution: ExecutionId): Promise<Snapshot> =>
  body<unknown>(
    client.GET('/api/executions/{execution}/snapshot', { params: { path: { execution } } }),
  ) as Promise<Snapshot>
export const renameExecution = (execution: ExecutionId, name: string): Promise<Execution> =>
  body(client.PATCH('/api/executions/{execution}', { params: { path: { execution } }, body: { name } }))
export const deleteExecution = (execution: ExecutionId): Promise<unknown> =>
  body(client.DELETE('/api/executions/{execution}', { params: { path: { execution } } }))
export const stopExecution = (execution: ExecutionId): Promise<Execution> =>
  body(client.POST('/api/executions/{execution}/stop', { params: { path: { execution } } }))
export const restartExecution = (execution: ExecutionId): Promise<Execution> =>
  body(client.POST('/api/executions/{execution}/restart', { params: { path: { execution } }, body: { key: newId() } }))

export const getLog = (
  job: JobId,
  query: { attempt?: number; offset?: number; limit?: number } = {},
): Promise<LogPage> => body(client.GET('/api/jobs/{job}/log', { params: { path: { job }, query } }))
export const getFeedback = (job: JobId): Promise<Feedback> =>
  body(client.GET('/api/jobs/{job}/feedback', { params: { path: { job } } }))
export const getLine = (
  job: JobId,
  line: number,
  query: { attempt?: number; start?: number; stop?: number; buckets?: number } = {},
): Promise<LinePoints> => body(client.GET('/api/jobs/{job}/lines/{line}', { params: { path: { job, line }, query } }))
export const getJobCode = (job: JobId): Promise<JobCode> =>
  body(client.GET('/api/jobs/{job}/code', { params: { path: { job } } }))

export const listArtifacts = (project: ProjectId, limit = 5000): Promise<Artifact[]> =>
  pages(limit, (cursor) =>
    body(
      client.GET('/api/projects/{project}/artifacts', {
        params: { path: { project }, query: { limit: PAGE, ...(cursor && { cursor }) } },
      }),
    ),
  )
export const renameArtifact = (artifact: ArtifactId, name: string): Promise<Artifact> =>
  body(client.PATCH('/api/artifacts/{artifact}', { params: { path: { artifact } }, body: { name } }))
export const deleteArtifact = (artifact: ArtifactId): Promise<unknown> =>
  body(client.DELETE('/api/artifacts/{artifact}', { params: { path: { artifact } } }))

export const getCatalogue = () => body(client.GET('/api/catalogue'))
export const listWorkers = (): Promise<Workers> => body(client.GET('/api/workers'))

/** Where the whole console of a job is downloaded from. */
export const logFile = (job: JobId): string => `/api/jobs/${encodeURIComponent(job)}/log.txt`
/** Where an artifact's bytes are downloaded from. */
export const artifactFile = (artifact: ArtifactId): string => `/api/artifacts/${encodeURIComponent(artifact)}/content`
/** A picture that a job drew; the revision makes a redrawn one a new address. */
export const imageFile = (job: JobId, image: number, revision: number): string =>
  `/api/jobs/${encodeURIComponent(job)}/images/${image}?revision=${revision}`

const PAGE = 200

async function pages<T>(
  limit: number,
  fetch: (cursor: string | null) => Promise<{ items: T[]; cursor: string | null }>,
): Promise<T[]> {
  const all: T[] = []
  let cursor: string | null = null
  do {
    const page: { items: T[]; cursor: string | null } = await fetch(cursor)
    all.push(...page.items)
    cursor = page.cursor
  } while (cursor !== null && all.length < limit)
  return all
}

export interface Upload {
  readonly done: Promise<Artifact>
  readonly cancel: () => void
}

/** Send a file as an artifact of a type; `progress` gets the bytes sent so far. */
export function uploadArtifact(
  project: ProjectId,
  file: Blob,
  name: string,
  type: string,
  progress: (sent: number) => void,
): Upload {
  const request = new XMLHttpRequest()
  const query = new URLSearchParams({ name, type })
  request.open('PUT', `/api/projects/${encodeURIComponent(project)}/artifacts?${query}`)
  request.setRequestHeader('Content-Type', 'application/octet-stream')
  request.upload.onprogress = ({ loaded }) => progress(loaded)
  const done = new Promise<Artifact>((resolve, reject) => {
    request.onload = () => {
      const answer: unknown = parse(request.responseText)
      if (request.status === 201) resolve(answer as Artifact)
      else reject(new ApiError(request.status, isErrorBody(answer) ? answer : {}))
    }
    request.onerror = () => reject(offline())
    request.onabort = () => reject(new ApiError(0, { code: 'aborted', message: 'The upload was stopped.' }))
  })
  request.send(file)
  return { done, cancel: () => request.abort() }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
