/** Which screens there are: each is fetched when it is first shown. A feature without its folder has no place in the rail. */
import { type ComponentType, type LazyExoticComponent, lazy } from 'react'
import type { Screen } from '@/lib/router'

interface Feature {
  readonly default: ComponentType
}

const features = import.meta.glob<Feature>('../features/*/index.{ts,tsx}')

const FOLDERS: Record<Screen, string> = {
  pipelines: 'pipelines',
  pipeline: 'pipeline',
  architectures: 'architecture',
  architecture: 'architecture',
  executions: 'executions',
  execution: 'execution',
  job: 'job',
  artifacts: 'artifacts',
}

function loaderOf(folder: string): (() => Promise<Feature>) | undefined {
  return features[`../features/${folder}/index.ts`] ?? features[`../features/${folder}/index.tsx`]
}

const loaded = new Map<string, LazyExoticComponent<ComponentType>>()

/** The component of a screen; null where this client has none. */
export function screenComponent(screen: Screen): LazyExoticComponent<ComponentType> | null {
  const folder = FOLDERS[screen]
  const load = loaderOf(folder)
  if (load === undefined) return null
  // What could not be fetched is fetched anew when it is shown the next time.
  const fetched = (): Promise<Feature> =>
    load().catch((error: unknown) => {
      loaded.delete(folder)
      throw error
    })
  const known = loaded.get(folder) ?? lazy(fetched)
  loaded.set(folder, known)
  return known
}

export function hasScreen(screen: Screen): boolean {
  return loaderOf(FOLDERS[screen]) !== undefined
}
