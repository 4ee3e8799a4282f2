/** Imports point one way: app -> features/<noun> -> graph, ui -> document, api -> lib (docs/layout.md). */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const source = resolve(import.meta.dirname, '../src')
const layers = ['app', 'features', 'graph', 'ui', 'document', 'api', 'lib'] as const
type LayerName = (typeof layers)[number]

/** What each part may import, beside itself. */
const allowed: Record<LayerName, readonly LayerName[]> = {
  app: ['features', 'graph', 'ui', 'document', 'api', 'lib'],
  features: ['graph', 'ui', 'document', 'api', 'lib'],
  graph: ['ui', 'lib'],
  ui: ['document', 'api', 'lib'],
  document: ['api', 'lib'],
  api: ['lib'],
  lib: [],
}

interface Import {
  readonly file: string
  readonly target: string
}

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? files(join(folder, entry.name))
      : /\.(ts|tsx)$/.test(entry.name)
        ? [join(folder, entry.name)]
        : [],
  )
}

const IMPORT = /(?:from\s+|import\s+|import\()\s*['"]([^'"]+)['"]/g

function imports(): Import[] {
  return files(source).flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(IMPORT)].map((match) => ({
      file: relative(source, path),
      target: inside(path, match[1] ?? ''),
    })),
  )
}

/** The imported path below `src/`, or the package's name. */
function inside(path: string, target: string): string {
  if (target.startsWith('@/')) return target.slice(2)
  return target.startsWith('.') ? relative(source, resolve(dirname(path), target)) : `npm:${target}`
}

const all = imports()
const own = all.filter(({ target }) => !target.startsWith('npm:'))
const layer = (path: string) => layers.find((name) => path.startsWith(`${name}/`))

describe('module boundaries', () => {
  it('imports point downwards only', () => {
    const wrong = own.filter(({ file, target }) => {
      const [from, to] = [layer(file), layer(target)]
      return from !== undefined && (to === undefined || (to !== from && !allowed[from].includes(to)))
    })
    expect(wrong).toEqual([])
  })

  it('features never import each other', () => {
    const feature = (path: string) => (layer(path) === 'features' ? path.split('/')[1] : undefined)
    const wrong = own.filter(
      ({ file, target }) => feature(file) && feature(target) && feature(file) !== feature(target),
    )
    expect(wrong).toEqual([])
  })

  it('only api knows the generated types', () => {
    const wrong = own.filter(({ file, target }) => target.endsWith('api/schema') && layer(file) !== 'api')
    expect(wrong).toEqual([])
  })

  it('document and lib know no React', () => {
    const wrong = all.filter(
      ({ file, target }) =>
        ['document', 'lib'].includes(layer(file) ?? '') && /^npm:(react|@mantine|@xyflow|@tanstack)/.test(target),
    )
    expect(wrong).toEqual([])
  })
})
