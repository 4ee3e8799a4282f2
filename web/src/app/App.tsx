/** The application: who is here (session), what is shown (route), and what stands around it (theme, errors, toasts). */
import { QueryClientProvider } from '@tanstack/react-query'
import { lazy, Suspense, useMemo } from 'react'
import { ApiError } from '@/api/errors'
import { makeQueryClient, useSession } from '@/api/queries'
import type { Session } from '@/api/types'
import { ButtonLink } from '@/ui/Button'
import { ConfirmHost } from '@/ui/confirm'
import { EmptyState } from '@/ui/EmptyState'
import { BrokenPicture, ErrorState } from '@/ui/ErrorState'
import { Toasts } from '@/ui/Notices'
import { useRoute } from '@/ui/route'
import { Skeleton } from '@/ui/Skeleton'
import { ThemeProvider } from '@/ui/theme'
import { ErrorBoundary } from './ErrorBoundary'
import { Frame } from './frame/Frame'
import { GlobalKeys } from './GlobalKeys'
import { Login } from './Login'
import { OpenProject } from './OpenProject'
import { Welcome } from './Welcome'

const ProjectsScreen = lazy(() => import('@/features/projects'))

export function App() {
  const queries = useMemo(makeQueryClient, [])
  return (
    <ThemeProvider>
      <QueryClientProvider client={queries}>
        <ErrorBoundary>
          <Gate />
        </ErrorBoundary>
        <Toasts />
        <ConfirmHost />
      </QueryClientProvider>
    </ThemeProvider>
  )
}

/** Nobody passes without a session. */
function Gate() {
  const { data: session, error, refetch } = useSession()
  if (session !== undefined) return <Inside session={session} />
  if (error instanceof ApiError && (error.status === 401 || error.status === 403)) return <Login />
  if (error) return <ErrorState title="DeepForge cannot be reached" error={error} onRetry={() => void refetch()} />
  return null
}

function Inside({ session }: { session: Session }) {
  return (
    <>
      <GlobalKeys />
      <Page />
      {!session.named && <Welcome session={session} />}
    </>
  )
}

function Page() {
  const route = useRoute()
  switch (route.page) {
    case 'project':
      return <OpenProject key={`${route.project}/${route.branch}`} project={route.project} branch={route.branch} />
    case 'projects':
      return (
        <Frame>
          <Suspense fallback={<Skeleton shape="table" />}>
            <ProjectsScreen />
          </Suspense>
        </Frame>
      )
    case 'unknown':
      return (
        <Frame>
          <EmptyState
            title="This page leads nowhere"
            text={`There is nothing at ${route.path}.`}
            picture={<BrokenPicture />}
          >
            <ButtonLink to="/" kind="primary">
              All projects
            </ButtonLink>
          </EmptyState>
        </Frame>
      )
  }
}
