import { describe, expect, it } from 'vitest'
import { formatRoute, parseRoute, Router, screenPath } from '@/lib/router'

/** A window's address and history, as far as the router looks. */
class Page {
  location = { pathname: '/', search: '' }
  stack: { path: string; state: unknown }[] = [{ path: '/', state: null }]
  listener: () => void = () => undefined
  history = {
    pushState: (state: unknown, _title: string, path: string) => this.#go([...this.stack, { path, state }]),
    replaceState: (state: unknown, _title: string, path: string) =>
      this.#go([...this.stack.slice(0, -1), { path, state }]),
    get state(): unknown {
      return null
    },
  }

  constructor() {
    Object.defineProperty(this.history, 'state', { get: () => this.stack.at(-1)?.state ?? null })
  }

  addEventListener(_type: 'popstate', listener: () => void): void {
    this.listener = listener
  }

  back(): void {
    this.#go(this.stack.slice(0, -1))
    this.listener()
  }

  #go(stack: Page['stack']): void {
    this.stack = stack
    const url = new URL(stack.at(-1)?.path ?? '/', 'http://here')
    this.location = { pathname: url.pathname, search: url.search }
  }
}

describe('S-312 deep links', () => {
  it.each([
    ['/', { page: 'projects', query: {} }],
    ['/projects/p1', { screen: 'pipelines', branch: 'main', record: null }],
    ['/projects/p1/main/pipeline/abc?selection=n1,n2', { screen: 'pipeline', record: 'abc', selection: ['n1', 'n2'] }],
    [
      '/projects/p1/my%20branch/job/j1?tab=console&line=3',
      { branch: 'my branch', query: { tab: 'console', line: '3' } },
    ],
    ['/projects/p1/main/nonsense', { page: 'unknown' }],
    ['/projects/p1/main/job/j/more', { page: 'unknown' }],
    ['/elsewhere', { page: 'unknown' }],
    ['/projects/%E0%A4%A/main/pipelines', { project: '%E0%A4%A' }],
  ])('%s', (address, expected) => {
    const url = new URL(address, 'http://here')
    expect(parseRoute(url.pathname, url.search)).toMatchObject(expected)
  })

  it('formats what it parsed', () => {
    for (const address of [
      '/',
      '/projects/p1/main/pipeline/abc?selection=n1,n2',
      '/projects/p%2F1/main/job/j?tab=a+b',
    ]) {
      const url = new URL(address, 'http://here')
      expect(formatRoute(parseRoute(url.pathname, url.search))).toBe(address)
    }
  })
})

describe('Router', () => {
  it('I-313 keeps the way one came, and gives it back on the way back', () => {
    const page = new Page()
    const router = new Router(page)
    const seen: string[] = []
    router.subscribe(() => seen.push(formatRoute(router.route)))
    const project = { project: 'p1', branch: 'main' }
    router.navigate(screenPath(project, 'pipeline', 'train'))
    const trail = [{ label: 'train', path: screenPath(project, 'pipeline', 'train') }]
    router.navigate(screenPath(project, 'execution', 'e1'), { trail })
    expect(router.trail).toEqual(trail)
    router.update({ selection: ['j1'], query: { tab: 'graph' } })
    expect([router.trail, page.stack.length]).toEqual([trail, 3])
    page.back()
    expect([router.trail, formatRoute(router.route)]).toEqual([null, '/projects/p1/main/pipeline/train'])
    expect(seen).toEqual([
      '/projects/p1/main/pipeline/train',
      '/projects/p1/main/execution/e1',
      '/projects/p1/main/execution/e1?tab=graph&selection=j1',
      '/projects/p1/main/pipeline/train',
    ])
  })

  it('takes a parameter out again, and adds no step where nothing changes', () => {
    const page = new Page()
    const router = new Router(page)
    router.navigate('/projects/p1/main/job/j?tab=console')
    router.update({ query: { tab: null } })
    router.update({ query: { tab: null } })
    expect([formatRoute(router.route), page.stack.length]).toEqual(['/projects/p1/main/job/j', 2])
  })
})
