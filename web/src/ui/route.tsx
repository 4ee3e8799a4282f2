/** React's way to the router, the breadcrumb and the keyboard. */
import { type ComponentProps, type MouseEvent, useEffect, useSyncExternalStore } from 'react'
import { create } from 'zustand'
import {
  type Crumb,
  type Navigation,
  type ProjectRoute,
  type Route,
  Router,
  type Screen,
  screenPath,
} from '@/lib/router'
import { type Shortcut, Shortcuts } from '@/lib/shortcuts'

export const router = new Router(window)
export const shortcuts = new Shortcuts()

/** The route that is shown. */
export function useRoute(): Route {
  return useSyncExternalStore(router.subscribe, () => router.route)
}

/** The route within a project, for the screens of an open project: `record` says what is shown, `selection` what is selected. */
export function useProjectRoute(): ProjectRoute {
  const route = useRoute()
  if (route.page !== 'project') throw new Error('This is shown outside of a project.')
  return route
}

/** Keep the selection in the address, so that a link shows the same view. */
export function setSelection(selection: readonly string[]): void {
  router.update({ selection })
}

/** Keep a parameter of the screen (`tab`, `line`) in the address; null takes it out. */
export function setQuery(query: Readonly<Record<string, string | null>>): void {
  router.update({ query })
}

/** Go to a screen of the open project. The breadcrumb grows by where one was, unless `fresh`. */
export function goTo(screen: Screen, record: string | null = null, { fresh = false } = {}): void {
  const { route } = router
  if (route.page === 'project') router.navigate(screenPath(route, screen, record), fresh ? {} : { trail: nextTrail() })
}

export function navigate(path: string, navigation?: Navigation): void {
  router.navigate(path, navigation)
}

interface CrumbState {
  readonly current: Crumb | null
  readonly parents: readonly Crumb[]
}

const useCrumbState = create<CrumbState>(() => ({ current: null, parents: [] }))

/** Says what the second breadcrumb calls this screen, and its parents for those who opened the address directly. */
export function useCrumb(label: string, parents: readonly Crumb[] = []): void {
  const path = useSyncExternalStore(router.subscribe, () => window.location.pathname)
  const key = JSON.stringify(parents)
  useEffect(() => {
    const parsed = JSON.parse(key) as Crumb[]
    useCrumbState.setState({ current: { label, path }, parents: parsed })
    document.title = `${label} · DeepForge`
  }, [label, path, key])
}

/** The steps before this screen and its own name. */
export function useCrumbs(): { trail: readonly Crumb[]; current: Crumb | null } {
  const { current, parents } = useCrumbState()
  const path = useSyncExternalStore(router.subscribe, () => window.location.pathname)
  // A screen that is still being fetched has not said its name: the one before it says nothing here.
  if (current?.path !== path) return { trail: router.trail ?? [], current: null }
  return { trail: router.trail ?? parents, current }
}

function nextTrail(): Crumb[] {
  const { current, parents } = useCrumbState.getState()
  const trail = [...(router.trail ?? parents), ...(current === null ? [] : [current])]
  return trail.slice(-4)
}

/** A link within the client: a real address (middle click opens a tab), followed without loading the page again. */
export function Link({
  to,
  trail,
  onClick,
  ...rest
}: { to: string; trail?: readonly Crumb[] } & Omit<ComponentProps<'a'>, 'href'>) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event)
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.ctrlKey ||
      event.metaKey ||
      event.shiftKey ||
      event.altKey
    )
      return
    event.preventDefault()
    router.navigate(to, trail === undefined ? {} : { trail })
  }
  return <a href={to} onClick={follow} {...rest} />
}

/** Shortcuts that exist while the component is shown. `list` must be stable (useMemo). */
export function useShortcuts(list: readonly Shortcut[]): void {
  useEffect(() => shortcuts.register(list), [list])
}
