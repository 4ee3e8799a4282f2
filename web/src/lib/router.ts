/**
 * Addresses and what they mean. A project's view is its path and query alone, so that opening the address gives the same
 * view: `/projects/{project}/{branch}/{screen}[/{record}]?selection=a,b`. Other query parameters belong to the screen.
 */
import type { BranchName, ProjectId, RecordId } from './ids'

export const SCREENS = [
  'pipelines',
  'pipeline',
  'architectures',
  'architecture',
  'executions',
  'execution',
  'job',
  'artifacts',
] as const
export type Screen = (typeof SCREENS)[number]

export interface ProjectRoute {
  readonly page: 'project'
  readonly project: ProjectId
  readonly branch: BranchName
  readonly screen: Screen
  /** What the screen shows: a pipeline's or architecture's record, an execution, a job; null on lists. */
  readonly record: string | null
  readonly selection: readonly RecordId[]
  /** The screen's own parameters (`tab`, `line`, ...). */
  readonly query: Readonly<Record<string, string>>
}

export type Route =
  | { readonly page: 'projects'; readonly query: Readonly<Record<string, string>> }
  | ProjectRoute
  | { readonly page: 'unknown'; readonly path: string }

/** One step of the second breadcrumb. */
export interface Crumb {
  readonly label: string
  readonly path: string
}

export function parseRoute(path: string, search: string): Route {
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decode)
  const query = Object.fromEntries(new URLSearchParams(search))
  if (parts.length === 0) return { page: 'projects', query }
  const [root, project, branch, screen, record, ...rest] = parts
  if (root !== 'projects' || !project || rest.length > 0) return { page: 'unknown', path }
  if (screen !== undefined && !isScreen(screen)) return { page: 'unknown', path }
  const { selection, ...own } = query
  return {
    page: 'project',
    project,
    branch: branch ?? 'main',
    screen: screen ?? 'pipelines',
    record: record ?? null,
    selection: selection ? selection.split(',') : [],
    query: own,
  }
}

export function formatRoute(route: Route): string {
  if (route.page === 'unknown') return route.path
  if (route.page === 'projects') return withQuery('/', route.query)
  const parts = [
    'projects',
    route.project,
    route.branch,
    route.screen,
    ...(route.record === null ? [] : [route.record]),
  ]
  const selection = route.selection.length === 0 ? {} : { selection: route.selection.join(',') }
  return withQuery(`/${parts.map(encodeURIComponent).join('/')}`, { ...route.query, ...selection })
}

/** The address of a screen within the project of `route`. */
export function screenPath(
  route: Pick<ProjectRoute, 'project' | 'branch'>,
  screen: Screen,
  record: string | null = null,
): string {
  return formatRoute({
    page: 'project',
    project: route.project,
    branch: route.branch,
    screen,
    record,
    selection: [],
    query: {},
  })
}

function isScreen(name: string): name is Screen {
  return SCREENS.some((screen) => screen === name)
}

function withQuery(path: string, query: Readonly<Record<string, string>>): string {
  const text = new URLSearchParams(query).toString().replaceAll('%2C', ',')
  return text === '' ? path : `${path}?${text}`
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** The part of a window that the router needs; tests give another. */
export interface Place {
  readonly location: { readonly pathname: string; readonly search: string }
  readonly history: Pick<History, 'pushState' | 'replaceState' | 'state'>
  addEventListener(type: 'popstate', listener: () => void): void
}

export interface Navigation {
  readonly replace?: boolean
  /** How one came here, for the breadcrumb; without it the screen's own parents are shown. */
  readonly trail?: readonly Crumb[]
}

/** The current route, over the browser's history. */
export class Router {
  #listeners = new Set<() => void>()
  #route: Route

  constructor(place: Place) {
    this.#place = place
    this.#route = this.#read()
    place.addEventListener('popstate', () => this.#moved())
  }

  #place: Place

  get route(): Route {
    return this.#route
  }

  /** The steps that led here, or null after opening an address directly. */
  get trail(): readonly Crumb[] | null {
    const state: unknown = this.#place.history.state
    return isTrailState(state) ? state.trail : null
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  navigate(path: string, { replace = false, trail }: Navigation = {}): void {
    const state = trail === undefined ? (replace ? this.#place.history.state : null) : { trail }
    if (replace) this.#place.history.replaceState(state, '', path)
    else this.#place.history.pushState(state, '', path)
    this.#moved()
  }

  /** Change the selection or the screen's own parameters of the current project route, without a new step in the history. */
  update(change: { selection?: readonly RecordId[]; query?: Readonly<Record<string, string | null>> }): void {
    const route = this.#route
    if (route.page !== 'project') return
    const query = Object.fromEntries(
      Object.entries({ ...route.query, ...change.query }).filter(
        (entry): entry is [string, string] => entry[1] !== null,
      ),
    )
    const path = formatRoute({ ...route, query, selection: change.selection ?? route.selection })
    if (path !== formatRoute(route)) this.navigate(path, { replace: true })
  }

  #read(): Route {
    return parseRoute(this.#place.location.pathname, this.#place.location.search)
  }

  #moved(): void {
    this.#route = this.#read()
    for (const listener of this.#listeners) listener()
  }
}

function isTrailState(state: unknown): state is { trail: readonly Crumb[] } {
  return typeof state === 'object' && state !== null && 'trail' in state && Array.isArray(state.trail)
}
