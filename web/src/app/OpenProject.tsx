/** One open project: its live connection for as long as it is shown, and the screen that the route asks for. */
import { useQueryClient } from '@tanstack/react-query'
import { Suspense, useEffect, useReducer, useState } from 'react'
import { listArtifacts, listExecutions, listVersions } from '@/api/calls'
import { liveUrl } from '@/api/live'
import { endSession } from '@/api/queries'
import { ProjectClient } from '@/document/client'
import { StoredQueue } from '@/document/queue'
import { type BranchName, newId, type ProjectId } from '@/lib/ids'
import { ButtonLink } from '@/ui/Button'
import { EmptyState } from '@/ui/EmptyState'
import { BrokenPicture } from '@/ui/ErrorState'
import { notify } from '@/ui/notifications'
import { ProjectProvider, useProjectState, useSync } from '@/ui/project'
import { useProjectRoute } from '@/ui/route'
import { Skeleton } from '@/ui/Skeleton'
import { ErrorBoundary } from './ErrorBoundary'
import { Frame } from './frame/Frame'
import { NotAppliedDialog } from './NotApplied'
import { setOpened } from './opened'
import { ProjectKeys } from './ProjectKeys'
import { useFollowing, useOwnPlace } from './presence'
import { useProjectNotices } from './projectNotices'
import { screenComponent } from './screens'

export function OpenProject({ project, branch }: { project: ProjectId; branch: BranchName }) {
  const [client, setClient] = useState<ProjectClient | null>(null)
  useEffect(() => {
    const opened = connect(project, branch)
    // Whether the network came or went: a new connection tells whether the server can be reached (on this machine it can).
    const retry = () => opened.retry()
    window.addEventListener('online', retry)
    window.addEventListener('offline', retry)
    setClient(opened)
    setOpened(opened)
    return () => {
      window.removeEventListener('online', retry)
      window.removeEventListener('offline', retry)
      opened.close()
      setOpened(null)
    }
  }, [project, branch])
  if (client === null) return <Frame />
  return (
    <ProjectProvider client={client}>
      <Inside />
    </ProjectProvider>
  )
}

function connect(project: ProjectId, branch: BranchName): ProjectClient {
  const id = newId()
  const problem = (message: string) => notify({ kind: 'error', title: 'Something is missing', text: message })
  const client = new ProjectClient(
    project,
    branch,
    {
      connect: () => new WebSocket(liveUrl(project, branch)),
      queue: new StoredQueue(project, branch, id),
      versionsAfter: (version) => listVersions(project, branch, version),
      lists: async () => {
        const [executions, artifacts] = await Promise.all([listExecutions(project), listArtifacts(project)])
        return { executions, artifacts }
      },
      problem,
    },
    id,
  )
  client.open().catch((error: unknown) => problem(String(error)))
  return client
}

function Inside() {
  useOwnPlace()
  useProjectNotices()
  const following = useFollowing()
  return (
    <Frame project followed={following}>
      <ProjectKeys />
      <NotAppliedDialog />
      <Shown />
    </Frame>
  )
}

/** The close code of the live socket without a session. */
const NO_SESSION = 4401

function Shown() {
  const route = useProjectRoute()
  const { connection } = useSync()
  const loaded = useProjectState((state) => state.loaded)
  const removed = useProjectState((state) => state.removed)
  const queries = useQueryClient()
  // A screen whose code could not be fetched is asked for anew.
  const [, again] = useReducer((tries: number) => tries + 1, 0)
  const loggedOut = connection.kind === 'ended' && connection.code === NO_SESSION
  useEffect(() => {
    if (loggedOut) endSession(queries)
  }, [loggedOut, queries])
  const Screen = screenComponent(route.screen)
  if (removed) return <Gone title="This project was deleted" text="Somebody deleted it while it was open here." />
  if (connection.kind === 'ended') return <Gone title="This project cannot be opened" text={connection.reason} />
  if (Screen === null) return <Gone title="This page leads nowhere" text="There is no such screen." />
  const shape =
    route.screen === 'pipelines'
      ? 'cards'
      : route.screen === 'pipeline'
        ? 'graph'
        : route.screen === 'job'
          ? 'panes'
          : 'table'
  if (!loaded) return <Skeleton shape={shape} />
  return (
    <ErrorBoundary resetKey={`${route.screen}/${route.record}`} onRetry={again}>
      <Suspense fallback={<Skeleton shape={shape} />}>
        <Screen />
      </Suspense>
    </ErrorBoundary>
  )
}

function Gone({ title, text }: { title: string; text: string }) {
  return (
    <EmptyState title={title} text={text} picture={<BrokenPicture />}>
      <ButtonLink to="/" kind="primary">
        All projects
      </ButtonLink>
    </EmptyState>
  )
}
